"""What customers write in English about returns, refunds and payments."""

from typing import Final

RETURNS: Final = """
return_item_context = {order_context}
    {thing} is (too small|too big|not what I expected|not my colour). | I got it {date}. | it's still in the box.
return_item_short =
    return | return item | send it back | return label | how to return | wrong size, return | return policy
    return {thing} | return address? | {order_number} return
return_item_ask =
    3* {i_want} (return|send back) {thing}. | 2* {how_do_i} (return|send back) {thing}? | {can_i} return {thing}?
    where do I (send|bring) {thing} if I don't want to keep it? | {i_want} print a return label for {thing}.
    who pays (for the return|the postage) when I send {thing} back? | {can_i} return {thing} in (the|a) shop?
    how many days do I have to (return|send back) {thing}? | {thing} doesn't (fit|suit me), what now?
    {thing} (arrived broken|has a scratch|doesn't work), {how_do_i} send it back?
    2* {how_do_i} (return|send back) {thing} and get my money back?
    2* {i_want} get a refund for {thing}, where do I send it?
    2* {can_i} get my money back if I (return|send back) {thing}?
    2* I haven't sent {thing} back yet, do I get a full refund if I return it {date_limit}?
    2* what do I need for the return of {thing}, {i_want} have my {amount} back?
    I opened the box, {can_i} still return {thing} for a refund? | do I get a refund or a voucher when I return {thing}?
date_limit = now | this week | within {few} weeks | after {day} days
refund_status_context = {order_context}
    {thing} was (too small|too big|not what I expected|not my colour). | I sent it back {date}.
    it was still in the box.
refund_status_short =
    refund | refund? | refund status | where's my refund | money back | where's my money | still no refund
    refund for {order_number} | {amount} refund? | when refund
refund_status_ask =
    3* where is my refund[ for {thing}]? | 2* when (do|will) I get my (money|refund|{amount})[ back]?
    how long does (a|the|my) refund take? | I'm still waiting for my (refund|money|{amount}).
    {can_you} check (the status of my refund|whether my refund was sent)? | has my refund been (sent|processed|issued)?
    the refund is not on my (account|card|statement) yet. | you (refunded|paid back) only {amount}, where is the rest?
    did my return arrive, and when do you pay? | you promised me {amount} back {date}, nothing came.
    2* I (returned|sent back) {thing} {date}, when do I get my money back?
    2* I (returned|sent back) {thing} {date} and didn't get a refund for it.
    2* how long until I get my money back after I (returned|sent back) {thing}?
    2* do I still get a full refund for {thing}? I returned it {date}.
    2* the return of {thing} was received {date}, {i_want} have my {amount} back.
    I returned {thing} in (the|a) shop, where is my money? | do I get the refund for {thing} on my card or as a voucher?
"""

PAYMENTS: Final = """
payment_failed_context = {order_context}
    I paid by (card|bank transfer|credit card). | my bank says everything is fine. | I tried again {date}.
payment_failed_short =
    payment failed | card declined | can't pay | payment error | payment refused | checkout error | payment problem
    card not accepted | {amount} declined | paying doesn't work
payment_failed_ask =
    3* my payment (failed|was declined|was refused|didn't go through). | I can't pay for {order}.
    2* why was my (card|payment) (declined|refused|rejected)? | the (payment|checkout) page (shows an error|froze).
    {can_you} tell me why my payment (failed|doesn't work)? | your site won't (take|accept) my card.
    I get an error when I (pay|click on pay). | {how_do_i} pay if my card is (refused|declined)?
    the code from my bank never (came|arrived), so the payment failed. | the payment of {amount} is stuck at pending.
    2* I tried to pay {amount} twice and it (failed|was declined) both times.
    2* the first payment failed and the second one (failed|was declined) too, nothing was charged.
    2* should I pay again? the payment of {amount} didn't go through and I don't want to be charged twice.
    2* I tried two cards for {order} and both were (declined|refused).
    2* no money left my account, but I pressed pay (twice|two times) for {order}.
    my bank shows no payment of {amount}, it seems it failed. | the payment for {order} failed once more.
charged_twice_context = {order_context}
    I paid by (card|bank transfer|credit card). | my bank says everything is fine. | I checked again {date}.
charged_twice_short =
    charged twice | double charge | paid twice | charged two times | double payment | {amount} twice | two payments
    billed twice | card debited twice | paid {amount} two times
charged_twice_ask =
    3* I was (charged|billed|debited) twice[ for {order}]. | you charged me twice for {order}.
    2* why (was I|was my card) (charged|debited) twice? | there are two payments of {amount} on my (card|statement).
    {can_you} tell me why I paid twice? | your site took {amount} from my card two times.
    I see the same payment twice on my (account|statement). | {how_do_i} get the second payment back?
    I got (two|2) debits of {amount} from you. | one order, two payments of {amount}, that can't be right.
    2* I paid {amount} once and it was (taken|charged) two times.
    2* the first payment failed and the second one went through, but both were charged.
    2* should I tell my bank? the payment of {amount} went through two times and I only pressed pay once.
    2* I tried two cards for {order} and both were (charged|debited).
    2* the money left my account (twice|two times), but I pressed pay once for {order}.
    my bank shows a second payment of {amount}, it seems it was doubled. | the payment for {order} was taken once more.
"""
