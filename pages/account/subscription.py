"""My subscription: what does it open, and until when?"""

from __future__ import annotations

import streamlit as st

from learncraft import runtime
from learncraft.accounts import subscriptions
from learncraft.accounts.models import SubscriptionStatus, SubscriptionTier
from learncraft.enrollment import catalogue_tiers
from learncraft.language import _
from pages.shared import frame, people, words
from pages.shared.render import plain

viewer = people.viewer()
settings = runtime.current().settings
with frame.reading() as session:
    held = subscriptions.running(session, viewer.id)
    opened = catalogue_tiers.by_tier(session)

frame.head(_("Subscription"), _("A subscription opens all courses of its tier as long as it runs."))
if held is None:
    st.info(_("You have no subscription. Free courses, and those you bought, need none."), icon=":material/info:")
else:
    with st.container(border=True):
        st.subheader(words.tier(held.tier), anchor=False)
        day = words.day(held.until, viewer.time_zone)
        if held.status == SubscriptionStatus.PAST_DUE:
            st.warning(
                _("The last payment failed. It is tried again; look at your card."), icon=":material/credit_card_off:"
            )
        st.caption(_("Ends on {day}.", day=day) if held.ends_then else _("Renews on {day}.", day=day))

for tier in list(SubscriptionTier)[1:]:
    courses = opened.get(tier, [])
    is_sold = settings.stripe_price_of(tier) is not None
    if not courses and not is_sold:
        continue
    with st.container(border=True):
        st.subheader(words.tier(tier), anchor=False)
        if courses:
            st.caption(
                _(
                    "Opens {courses} with a price, and all of the tiers below.",
                    courses=words.counted(len(courses), "course"),
                )
            )
            st.markdown("\n".join(f"- {plain(title)}" for title in courses[:10]))
        if held is not None and subscriptions.holds(held.tier, tier):
            st.caption(_(":material/check_circle: You have it."))
        elif is_sold and (held is None or not held.is_from_provider):
            st.link_button(_("Subscribe"), f"/pay/tier/{tier.value}", type="primary", icon=":material/credit_card:")
if not opened:
    frame.empty(
        _("No course needs a subscription here"), _("All courses are free or sold one by one."), "card_membership"
    )
