"""What customers write in English to greet, and about the shop and its people."""

from typing import Final

GREETING: Final = """
smalltalk =
    how are you[ today]? | how are you doing? | how's it going? | how is your {weekday} going? | what's up? | all well?
    hope you're (well|fine|having a good {weekday}). | nice to meet you. | lovely day! | happy {weekday}!
    long time no see. | I hope your {weekday} is going well.
wish =
    I have a [(quick|small|little|simple)] question. | can you help me[ (today|please|with something|for a moment)]?
    I need [some|a little|a bit of] help[ with something]. | are you (there|online|available|awake)?
    is anyone there? | is this the (shop's|store's) chat? | got a (minute|moment|second)? | can I ask you something?
    I'd like to ask you something. | am I in the right place? | let's chat. | I'm new here. | it's me again.
    just saying hi. | I'm back with (a|another|one more) question.
greeting_ask =
    3* {hello} | 2* {hello} {hello} | 4* {hello}, {smalltalk} | 6* {hello}, {wish} | 2* {smalltalk} | 2* {wish}
    5* {hello}, {smalltalk} {wish} | 2* {hello} bot, {smalltalk} | 2* {hello} everyone, {wish}
    3* {hello} and (happy|a good) {weekday}, {wish} | 2* {hello}, {wish} {thanks} | yo | howdy | greetings, {wish}
    2* {smalltalk} {wish} {thanks}
"""

SHOP: Final = """
product_availability_context =
    I saw {a_thing} in your shop {date}. | I'm looking for {a_thing}. | I need it by {weekday}.
    the website says nothing about it. | I'd come to the shop on {weekday}.
product_availability_short =
    in stock? | {product} in stock? | {product} available? | sold out? | any {product} left | {colour} {product}?
    back in stock when | {product} {size}?
product_availability_ask =
    3* do you (have|sell|still have) {a_thing}[ in stock]? | is {offer} [still] (available|in stock|sold out)?
    2* when will {offer} be (back in stock|available again)?
    do you have {offer} in (another colour|{other_colour}|{size})?
    is there [at least] one {product} left? | {can_you} check if {offer} is in stock?
    I can't find {a_thing} in your shop.
    will there be more of {offer}? | {can_i} (reserve|preorder) {a_thing}? | {can_you} tell me when {offer} is back?
    do you have {offer} in the shop (today|on {weekday}|this week)? | I want to buy {a_thing}, do you have one?
    is {offer} on the website also in the shop? | {can_i} still order {offer} in {other_colour}?
    before I (order|drive to the shop), is {offer} really there? | is {offer} discontinued?
opening_hours_context =
    I'd come by on {weekday}. | I work until {hour} in the evening. | I live an hour away.
    I have to pick something up.
    the website shows other times than the door. | I was there {date} and it was closed.
opening_hours_short =
    opening hours | open today? | open {weekday}? | opening times | when do you close | hours | closed on {weekday}?
    open now? | open until when | {weekday} hours
opening_hours_ask =
    3* (when|at what time|from when) do you (open|close)[ on {weekday}| today]? | are you open on {weekday}?
    2* what are your opening (hours|times)? | is the shop open (today|on {weekday}|on bank holidays|right now)?
    until (when|what time) are you open (today|on {weekday}|during the week)? | do you close at lunchtime?
    {can_you} tell me your (opening hours|hours for {weekday})? | {can_i} come by after {hour} in the evening?
    is the shop open over (Easter|Christmas|the holidays)? | what are the hours of the shop in the centre?
    from when to when can I (collect|pick up|bring back) something in the shop on {weekday}?
    until when can I (call|reach) (customer service|someone|the hotline) on {weekday}?
    do you have different hours in (summer|winter|{month})? | how late can I come to the shop on {weekday}?
speak_to_human_context = {order_context}
    I waited for {few} hours. | I've explained it {few} times now. | it's about my (refund|payment|order|address).
speak_to_human_short =
    human | agent | a person please | real person | talk to someone | operator | call me | customer service | not a bot
    phone number?
speak_to_human_ask =
    3* {i_want} (speak|talk) to (a human|someone|a real person|an agent|an employee|customer service).
    {can_you} (connect|transfer) me to (a human|an agent|someone who can help)? | give me a (human|real person) please.
    2* {can_i} (talk|speak) to (someone|a person) about (my refund|my order|my payment|a return|the delivery)?
    is there a (phone number|hotline) where I can reach (someone|a person)? | you don't understand me, I want a person.
    {can_you} have someone call me[ about {order}]? | stop the automatic answers, {i_want} talk to a human.
    are you a (bot|robot|machine)? {i_want} talk to a person. | is anyone there who (can read|isn't a machine)?
    (nobody answers|I get no answer) about (my refund|the cancellation of {order}|my payment), let me talk to someone.
    I don't want to (cancel|return|change) it with a bot, put me through to an employee. | who can I call?
    {i_want} complain to a (manager|supervisor|person in charge).
"""
