"""What invented people write reviews about: words for the thing, the fault and what is around.

Belongs here: words, by matter. Does not belong here: who writes how often (`texts.py`). Matters share words
on purpose (video, phone, missing), as real ones do.
"""

from __future__ import annotations

# things | faults | around
_MATTERS = """
payout: payout payment withdrawal earnings transfer | late pending missing stuck delayed | bank paypal friday
login: login password signin code sms | rejected wrong invalid expired fails | phone number email verify
crash: app application startup screen | crashes closes freezes quits | tablet android opening launch
ads: ads ad advert commercials popup | annoying endless everywhere loud | watching between skip seconds
ban: account profile ban suspension | banned suspended disabled blocked | appeal reason rules permanently
views: views reach likes impressions | dropped zero shadowbanned stuck | followers hashtag explore page
upload: upload video clip draft | failing stuck cancelled hangs | percent processing wifi gallery
comments: comments replies mentions thread | deleted hidden vanish filtered | spam bots hate harassment
sound: sound audio music song | muted silent distorted removed | copyright headphones volume track
filters: filter effect beauty camera | blurry laggy removed broken | face mirror green background
live: livestream live broadcast stream | interrupted disconnects lagging ended | gifts viewers host battle
battery: battery phone device charger | drains overheats hot dying | hours background percent usage
data: data internet traffic megabytes | consumes eats wasted burned | mobile plan roaming wifi
update: update version release patch | worse broke ruined buggy | yesterday latest rollback install
dark: theme mode colors brightness | dark bright white blinding | eyes night toggle settings
language: language translation subtitles captions | wrong english missing mixed | spanish menu region switch
search: search results query suggestions | useless irrelevant empty random | typing history keywords find
notifications: notifications alerts push badge | silent delayed duplicate constant | settings lockscreen bell
messages: messages inbox chat dm | undelivered lost unread unsent | friends group photo reply
support: support agent ticket helpdesk | ignored unhelpful automated rude | email answer human response
refund: refund purchase charge invoice | denied charged twice unauthorized | card store coins receipt
coins: coins gifts diamonds balance | vanished deducted missing unredeemed | recharge wallet sent bonus
shop: seller parcel shop order | fake damaged undelivered counterfeit | delivery tracking courier address
kids: kids children minors teenagers | unsafe exposed inappropriate addicted | parents school age controls
privacy: privacy permission contacts location | tracked leaked spied shared | microphone consent policy third
hacked: hacker account recovery identity | hacked stolen hijacked changed | email two factor device
feed: feed fyp algorithm recommendations | repetitive boring same irrelevant | refresh interests scrolling
political: news politics content posts | misleading biased censored false | election opinion speech media
storage: storage cache memory space | full bloated huge growing | gigabytes clear delete folder
download: download save watermark offline | disabled blocked missing failing | gallery button export files
editing: editor timeline template transitions | clunky crashing lost unsaved | text stickers cut layers
verification: badge verification application documents | declined refused ignored pending | passport selfie
monetization: fund program eligibility bonus | ineligible removed excluded demonetized | creator thousand
tax: tax form withholding certificate | incorrect rejected duplicate overdue | w8 deduction residency annual
duet: duet stitch remix collab | unavailable greyed disabled restricted | original permissions partner side
polls: poll vote survey quiz | miscounted closed rigged frozen | results options audience story
widget: widget shortcut watch television | unresponsive blank unsupported lagging | remote casting bedroom
maps: restaurant nearby places check-in | outdated misplaced closed mislabelled | city tourist hours street
jobs: internship vacancy resume recruiter | expired spammed scam ghosted | apply interview salary career
avatar: avatar sticker emoji cartoon | ugly distorted glitchy unrecognizable | hair skin outfit customize
"""
MATTERS: dict[str, tuple[tuple[str, ...], ...]] = {
    line.partition(":")[0]: tuple(tuple(part.split()) for part in line.partition(":")[2].split("|"))
    for line in _MATTERS.strip().splitlines()
}
"""Things, faults and words around, by matter; the first of each is the most usual."""

SENTENCES = (
    "the {thing} is {fault} again",
    "my {thing} {fault} since {around}",
    "why is my {thing} {fault}",
    "{thing} {fault} and nobody helps",
    "{fault} {thing}, {around} and {thing2} too",
    "every time I try {thing2} it says {fault}, my {around} is fine",
    "please fix {thing}",
    "what happened to {thing} and {thing2}, they are {fault} on my {around}",
    "{thing2} {fault} {fault2}",
    "for {around} now the {thing} has been {fault}, I tried everything",
    "{around} {thing} {fault2}",
    "I can't get my {thing} because of the {around}, it is {fault2}",
)
FEELINGS = (
    "bad", "worst app ever", "hate it", "disappointed", "one star", "so frustrating", "please fix",
    "waste of time", "uninstalling", "not happy", "terrible", "useless app", "do something", "fix this now",
    "very bad experience", "I am angry", "trash", "why", "used to be good", "not what it was",
)  # fmt: skip
PRAISE = (
    "love it", "great app", "best app ever", "nice", "good fun", "amazing videos", "so entertaining",
    "five stars", "very helpful", "I enjoy it every day", "awesome", "my favourite app", "cool", "perfect",
    "keeps me laughing", "learned a lot here",
)  # fmt: skip
ASIDES = (
    "been here for years", "my sister says the same", "anyone else", "sort it out", "no answer so far",
    "reinstalled twice", "on my old phone", "I pay for this", "thanks in advance", "third time this month",
    "my friends left already", "I want to stay", "it worked before", "honestly", "shame", "tell me why",
    "another platform does better", "day after day", "as usual", "with good connection",
)  # fmt: skip
