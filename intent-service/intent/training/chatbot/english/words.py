"""What every English message may hold: slots, politeness, detours."""

from typing import Final

SLOTS: Final = """
d = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
n = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
digits = {n}{d}{d}{d}{d} | {n}{d}{d}{d}{d}{d}
order_number := 3* #{digits} | 3* {digits} | number {digits} | A{d}{d}-{digits}
few = two | three | four | five | six
weekday = Monday | Tuesday | Wednesday | Thursday | Friday | Saturday | Sunday
month = January | February | March | April | May | June | July | September | October | November | December
hour = 5 | 6 | 7 | 8
day = {n} | 1{d} | 20 | 2{n}
date =
    yesterday | this morning | last week | a week ago | last month | the other day | over a week ago
    last {weekday} | on {weekday} | {few} days ago | {few} weeks ago | on {month} {day} | on {day}/{n}
amount := {n}{d} euros | €{n}{d} | {n}{d}.{d}{d} euros | €{n}{d}.{d}{d} | {n}{n}{d}€ | {n}{d}.{d}{d}€
colour := black | white | blue | red | green
other_colour := grey | yellow | pink | brown | orange
size = size {n} | a small | a medium | a large | an XL
product :=
    kettle | toaster | desk lamp | winter jacket | backpack | coffee machine | phone case | keyboard | headset
    blender | tent | sleeping bag | yoga mat | sweater | blanket | mirror | bookshelf | suitcase | hair dryer
    vacuum cleaner | speaker | monitor | frying pan | bike helmet | rug | watch | wallet | pair of boots
other_thing = a charger | a gift card | a spare part | two more glasses | a carrying bag | a cable | a lid
thing = the {product} | my {product} | the {colour} {product} | my new {product} | this {product}
offer = the {product} | the {colour} {product} | this {product} | that {product}
a_thing = a {product} | a {colour} {product} | one {product}
order =
    6* my order | 2* my purchase | the order | order {order_number} | my order {order_number}
    the order I placed {date} | the {product} I ordered[ {date}] | my {product} order | the thing I bought {date}
parcel =
    4* my order | 4* my parcel | 3* my package | my delivery | order {order_number} | the {product} I ordered {date}
    my {product} | the stuff I ordered[ {date}] | the parcel
"""

MANNERS: Final = """
hello =
    3* hi | 3* hello | 3* hey | good morning | good afternoon | good evening | hi there | hello there | hi team
    hiya | dear team | hello again
thanks =
    3* thanks | 2* thank you | thanks in advance | many thanks | cheers | thx | ty | thanks a lot | best regards
    thank you for your help | thanks for looking into it | hope to hear from you soon
opener =
    quick question: | sorry to bother you but | ok so | just wondering, | hey, quick one. | excuse me,
    hello? | please help. | urgent! | I hope you can help me. | so, | hmm, | well,
ramble =
    I have been a customer for {few} years and never had to write to you before.
    I already looked everywhere on your website and found nothing about it.
    sorry if this is the wrong place to ask, I'm not good with these things.
    the app keeps sending me around in circles, so I'm trying here.
    I'm writing from my phone so please excuse the mistakes.
    it was meant to be a (birthday|Christmas|wedding) present, so it's a bit (awkward|stressful).
    my (sister|brother|neighbour|colleague) told me to just ask here, so here I am.
    I'm at work all day and can't really (call|wait on hold).
    usually everything is fine with you, I must say.
    to be honest I'm getting a bit (annoyed|impatient|tired of this).
    I wrote to you {date} already and got no answer.
    I don't want to make a fuss, I just want to know where I stand.
can_you = can you | could you | would you | can u | could you please | please can you | is there any way you can
can_i = can I | could I | may I | am I able to | is it possible to | any chance I can | is there a way to
i_want =
    3* I want to | 2* I'd like to | I would like to | 2* I need to | I wanna | I wish to | I was hoping to | I have to
how_do_i = how do I | how can I | how to | what do I have to do to | where can I | tell me how to
order_context =
    I ordered {a_thing} {date}. | my order number is {order_number}. | it's about order {order_number}.
    I bought {a_thing} {date} for {amount}. | I placed an order {date}. | (order|ref) {order_number}.
    it's about {thing} from order {order_number}. | it was {amount} in total.
"""

SHORTHAND: Final = {
    "please": "pls",
    "you": "u",
    "are": "r",
    "your": "ur",
    "thanks": "thx",
    "because": "cuz",
    "tomorrow": "tmrw",
    "number": "nr",
    "and": "&",
    "why": "y",
    "about": "abt",
    "with": "w/",
}
