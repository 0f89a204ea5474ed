"""`learncraft user`: accounts from the command line."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from learncraft.accounts.models import UserRole
from learncraft.cli import console
from learncraft.cli.options import HomeOption, JsonOption, settings_for

if TYPE_CHECKING:
    from learncraft.accounts.queries import UserPage
    from learncraft.accounts.tokens import OneTimeLinks
    from learncraft.settings import Settings

app = typer.Typer(help="Make accounts, list them, change roles, help people in.", no_args_is_help=True)

EmailArgument = Annotated[str, typer.Argument(help="E-mail address of the account.")]
RoleOption = Annotated[UserRole, typer.Option(help="What the person may do.")]


@app.command()
def create(
    email: EmailArgument,
    first_name: Annotated[str, typer.Option(help="First name.")],
    last_name: Annotated[str, typer.Option(help="Last name.")] = "",
    role: RoleOption = UserRole.LEARNER,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the standard input.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an account. Without a password the person signs in by the link that is printed.

    Passwords come by the standard input only: a command line can be read by everyone on the machine.

    Example: [bold]learncraft user create ada@example.org --first-name Ada --last-name Lovelace --role instructor[/]
    """
    from learncraft.accounts import service
    from learncraft.supervisor.opening import open_database

    settings = settings_for(home)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with open_database(settings) as database, database.transaction() as session:
        user = service.create_user(
            session,
            email=email,
            first_name=first_name,
            last_name=last_name,
            role=role,
            password=password,
            is_email_verified=True,
        )
        made = {"id": user.id, "email": user.email, "role": str(user.role)}
        link = None if password_stdin else _link(settings, service.make_sign_in_link(session, _links(settings), email))
    if as_json:
        console.print_json(made | {"sign_in_link": link})
        return
    console.done(f"{made['email']} has an account as {role.value.replace('_', ' ')}.")
    if link:
        _show_link(link)


@app.command("list")
def list_(
    search: Annotated[str, typer.Argument(help="First letters of the name or the address.")] = "",
    role: Annotated[UserRole | None, typer.Option(help="Only people with this role.")] = None,
    page: Annotated[int, typer.Option(min=1, help="Which page of the list.")] = 1,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List accounts, the newest first.

    Example: [bold]learncraft user list --role instructor[/]
    """
    from learncraft.accounts import queries, service
    from learncraft.supervisor.opening import open_database

    with open_database(settings_for(home)) as database, database.reading() as session:
        found = service.list_users(session, search=search, role=role, page=page)
    if as_json:
        console.print_json({"total": found.total, "page": page, "users": [asdict(user) for user in found.users]})
    else:
        console.out.print(_table(found))
        number = f"{found.total}" if found.total < queries.MOST_COUNTED else f"{found.total} or more"
        console.out.print(f"{number} accounts in all, page {page} of {found.pages}.")


@app.command("set-role")
def set_role(
    email: EmailArgument,
    role: Annotated[UserRole, typer.Argument(help="The new role.")],
    home: HomeOption = None,
) -> None:
    """Change what a person may do. It counts from their next click.

    Example: [bold]learncraft user set-role ada@example.org content_admin[/]
    """
    from learncraft.accounts import queries, service
    from learncraft.accounts.errors import UserNotFoundError
    from learncraft.supervisor.opening import open_database

    with open_database(settings_for(home)) as database, database.transaction() as session:
        user = queries.by_email(session, email)
        if user is None:
            raise UserNotFoundError
        service.set_role(session, user.id, role)
    console.done(f"{email} is {role.value.replace('_', ' ')} now.")


@app.command("sign-in-link")
def sign_in_link(email: EmailArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Print a link that signs a person in once, within 15 minutes: for someone who is locked out.

    Example: [bold]learncraft user sign-in-link ada@example.org[/]
    """
    from learncraft.accounts import service
    from learncraft.supervisor.opening import open_database

    settings = settings_for(home)
    with open_database(settings) as database, database.transaction() as session:
        link = _link(settings, service.make_sign_in_link(session, _links(settings), email))
    if as_json:
        console.print_json({"email": email, "sign_in_link": link})
    else:
        _show_link(link)


def _link(settings: Settings, token: str) -> str:
    """The whole address: the public one, else where the running server is, else where it would be."""
    from learncraft.cli.ready import address
    from learncraft.supervisor.locks import HomeLock

    serving = HomeLock(settings.home).serving()
    here = serving.url if serving and serving.url else address(settings.host, settings.port)
    return f"{(settings.base_url or here).rstrip('/')}/auth/link/{token}"


def _links(settings: Settings) -> OneTimeLinks:
    from learncraft.accounts.tokens import OneTimeLinks
    from learncraft.secrets import secret_key

    return OneTimeLinks(secret_key(settings))


def _show_link(link: str) -> None:
    console.out.print("This link signs in once, within 15 minutes:")
    console.out.print(link, soft_wrap=True)


def _table(found: UserPage) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0))
    for heading in ("E-mail", "Name", "Role", "Since", "Last sign-in"):
        table.add_column(heading, header_style="bold", overflow="fold")
    for user in found.users:
        seen = f"{user.last_login_at:%Y-%m-%d %H:%M}" if user.last_login_at else "never"
        name = user.full_name if user.is_active else f"{user.full_name} (closed)"
        table.add_row(user.email, escape(name), user.role.replace("_", " "), f"{user.created_at:%Y-%m-%d}", seen)
    return table
