"""Insight pages in a real browser: a view is an address, a bar leads to people, numbers are taken home."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from playwright.sync_api import Locator, Page, expect

from tests.browser.ways import settle


def title_of(page: Page) -> Locator:
    """The sentence under the head that says what is shown."""
    return page.get_by_test_id("stCaptionContainer").first


def choose_course(page: Page, title: str) -> None:
    """Look at one course, whichever the page begins with: other tests make courses of the same instructor."""
    page.get_by_label("Course", exact=False).first.click()
    page.get_by_role("option", name=title).click()
    expect(title_of(page)).to_contain_text(title)


def test_filters_stand_in_the_address_survive_a_reload_and_are_reset(sign_in: Callable[..., Page]) -> None:
    page = sign_in("instructor", "/insights-lessons")
    expect(page.get_by_role("heading", name="Lessons", exact=True)).to_be_visible()
    page.get_by_role("radio", name="4 weeks").or_(page.get_by_role("button", name="4 weeks")).first.click()
    expect(page).to_have_url(re.compile(r"course=[0-9a-f-]{36}.*period=4(\+|%20)weeks"))
    page.get_by_label("Learners").first.click()
    page.get_by_role("option", name="Finished").click()
    expect(title_of(page)).to_contain_text(", finished, ")
    expect(page).to_have_url(re.compile("who=Finished"))
    page.reload()
    expect(title_of(page)).to_contain_text(", finished, ")
    page.get_by_role("button", name="Reset").click()
    expect(title_of(page)).to_contain_text(", all learners, ")
    expect(page).not_to_have_url(re.compile("who="))


def test_a_bar_leads_to_people_and_these_to_a_timeline(sign_in: Callable[..., Page]) -> None:
    page = sign_in("instructor", "/insights-course")
    choose_course(page, "Python from the first line")
    bars = page.locator(".js-plotly-plot .barlayer .point path")
    expect(bars.first).to_be_attached()
    bars.first.scroll_into_view_if_needed()
    bars.first.click(force=True)  # Plotly's own layer above the bar takes the click
    expect(page.get_by_text(re.compile("^Learners in “"))).to_be_visible()
    page.goto("/insights-learner")
    expect(page.get_by_text("On which days was this learner active?")).to_be_visible()
    expect(page.get_by_text("What did this learner do?")).to_be_visible()
    expect(page).to_have_url(re.compile("learner=[0-9a-f-]{36}"))


def test_numbers_are_taken_home_as_parquet_and_the_sql_is_there_to_read(sign_in: Callable[..., Page]) -> None:
    page = sign_in("instructor", "/insights-cohorts")
    choose_course(page, "Python from the first line")
    expect(page.get_by_text("How many come from joining to a certificate?").first).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Parquet").nth(1).click()
    numbers = pd.read_parquet(io.BytesIO(Path(downloading.value.path()).read_bytes()))
    assert list(numbers.columns) == ["Step", "Learners"]
    assert numbers["Learners"].iloc[0] > 0
    page.get_by_role("button", name="Query").first.click()
    expect(page.get_by_text("cohort_week").first).to_be_visible()


def test_a_chart_is_taken_home_as_a_picture(sign_in: Callable[..., Page]) -> None:
    page = sign_in("instructor", "/insights-lessons")
    choose_course(page, "Python from the first line")
    expect(page.get_by_role("heading", name="Where do learners stop?")).to_be_visible()
    page.get_by_role("button", name="Picture").first.click()
    page.get_by_text("svg", exact=True).first.click()
    chart = page.locator(".js-plotly-plot").first
    expect(chart.locator(".modebar-btn").first).to_be_attached()
    settle(page)
    chart.hover()
    with page.expect_download() as downloading:  # it is there under the pointer alone, which a chart drawn anew loses
        chart.locator(".modebar-btn[data-title^='Download']").first.dispatch_event("click")
    assert downloading.value.suggested_filename == "where-they-stopped.svg"
    assert b"<svg" in Path(downloading.value.path()).read_bytes()[:300]


def test_a_view_is_kept_and_found_again(sign_in: Callable[..., Page]) -> None:
    page = sign_in("instructor", "/insights-engagement?period=1+year")
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Keep this view as").fill("The whole year")
    page.get_by_label("Keep this view as").press("Enter")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("The view is kept")).to_be_visible()
    page.goto("/insights-tutor")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("link", name="The whole year").click()
    expect(page.get_by_role("heading", name="Engagement", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("period=1(\\+|%20)year"))
