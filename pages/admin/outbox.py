"""Outbox: what would have been sent, if a mail server were set up?"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import streamlit as st

from learncraft import mail, runtime
from learncraft.language import _, _n
from pages.shared import frame, navigation, people, words
from pages.shared.render import plain

MOST = 100

viewer = people.viewer(*navigation.ADMINS)
settings = runtime.current().settings
frame.head(
    _("Outbox"),
    _("Messages go out by your mail server; what is here came before it was set up.")
    if settings.smtp_url is not None
    else _("No mail server is set up (LEARNCRAFT_SMTP_URL), so messages wait here. Their links work, once."),
)
search = st.text_input(
    _("Search"), key="q", placeholder=_("An address or a subject"), icon=":material/search:", width=360
)
found = mail.kept(settings, search=search or "", most=MOST)
if not found:
    frame.empty(_("No message"), _("Nothing was written yet, or nothing fits."), "outbox")
elif len(found) == MOST:
    st.caption(_n("The last {count} message.", "The last {count} messages.", MOST))
for number, message in enumerate(found):
    with st.expander(
        f"**{plain(message.subject)}** · {plain(message.to)} · {words.when(message.sent_at, viewer.time_zone)}",
        expanded=number == 0,
    ):
        st.text(message.text)
        for address in dict.fromkeys(re.findall(r"https?://\S+", message.text)):
            place = plain(urlsplit(address).path[:40] or "/")  # a letter has several, and one of them may stop letters
            st.link_button(_("Open {place}", place=place), address, icon=":material/open_in_new:")
