"""What customers write in English about orders and deliveries."""

from typing import Final

DELIVERY: Final = """
track_order_context = {order_context}
    the delivery was planned for {weekday}. | my address is right, I checked.
track_order_short =
    where's my (order|parcel|package|stuff) | tracking | track {order_number} | status of {order_number} | not arrived
    delivery status | (parcel|package) late | still no parcel | tracking number?
track_order_ask =
    2* where is {parcel}[ right now]? | where the heck is {parcel}?
    2* when will {parcel} (arrive|be delivered|get here|come)? | has {parcel} been (shipped|sent|dispatched) yet?
    {can_you} tell me where {parcel} is? | {i_want} know where {parcel} is. | {how_do_i} track {parcel}?
    {parcel} still hasn't arrived. | {parcel} was due {date} and nothing came.
    the tracking (page|link|number) (doesn't work|shows nothing|hasn't changed since {weekday}).
    how long (does delivery take|until {parcel} arrives)? | is {parcel} still on its way[ to me]?
    what's the status of {order}? | any news (about|of|on) {parcel}?
    it says delivered but (there is nothing at my address|I got nothing|my neighbours don't have it either).
    {parcel} should have been delivered to my (address|home|office) {date}, where is it?
    2* I changed the delivery address {date}, when will {parcel} arrive at the new one?
    2* is {parcel} out for delivery to my (new |old |)address already?
    2* the address is correct, so why (hasn't {parcel} been delivered|is {parcel} not here)?
    did the courier (leave|deliver) {parcel} at the wrong address, or where is it now?
change_address_context = {order_context}
    the delivery is planned for {weekday}. | I moved {date}. | I will be away from {weekday} on.
change_address_short =
    wrong address | new address | address change | change address | I moved | change delivery address
    different address please | wrong (postcode|street|house number) on {order_number} | other address for {order_number}
change_address_ask =
    2* {i_want} change (the|my) [delivery|shipping] address[ (of|for) {order}].
    {can_you} (send|deliver|ship) {parcel} to (another|a different|my new|my work|my parents') address?
    {how_do_i} change (the|my) [delivery|shipping] address? | {can_i} have {parcel} delivered to my (office|neighbour)?
    I (moved|am moving), {can_you} update my address? | I gave you the wrong (address|postcode|street|house number).
    {parcel} is going to (my old|the wrong) address, {can_you} correct it?
    {can_i} pick {parcel} up at a (parcel shop|locker|shop) instead of home?
    there is a (typo|mistake) in the address (of|for) {order}. | please use my (work|new|home) address for {order}.
    is it too late to (redirect|reroute) {parcel}[ to another address]?
    2* {parcel} hasn't arrived yet, {can_i} still have it delivered to another address?
    2* where is {parcel} being delivered? it must not go to my old address.
    2* before {parcel} is shipped, {can_you} put the right address on it?
    my account still shows the old address, (fix it please|that's not where I live any more).
    when will {parcel} be sent? I have to give you a new address first.
"""

ORDERS: Final = """
cancel_order_context = {order_context}
    it hasn't been shipped yet. | I placed it by mistake. | I changed my mind.
cancel_order_short =
    cancel | cancel order | cancel {order_number} | cancellation | stop my order | how to cancel | cancel it please
    don't ship {order_number} | no longer needed | cancel everything
cancel_order_ask =
    3* {i_want} cancel {order}. | 2* {can_you} cancel {order}? | please cancel {order}. | {how_do_i} cancel {order}?
    is it too late to (cancel|stop) {order}? | I don't (need|want) {thing} any more, please stop the order.
    I ordered {a_thing} by mistake, {can_you} undo it? | {can_i} still (back out of|withdraw from|cancel) {order}?
    please (stop|halt) {order} before it (ships|leaves the warehouse). | I found {offer} cheaper, drop my order please.
    I ordered twice by accident, {can_you} cancel one of the two orders?
    2* don't change {order}, (cancel it|cancel the whole thing|drop all of it).
    2* I no longer want to change (anything in|the size in|the colour in) {order}, just cancel it.
    2* {can_i} cancel everything in {order}, not only {thing}?
    2* instead of (swapping|exchanging|replacing) {thing} {i_want} cancel {order}.
    if you can't change {order} any more, then cancel it. | remove all items from {order}, I don't want any of it.
    2* I made a mistake in {order}, {can_you} cancel it so that I can order again?
    does it cost anything to cancel {order} (now|before it ships)?
change_order_context = {order_context}
    it hasn't been shipped yet. | I made a mistake. | I changed my mind.
change_order_short =
    change order | change {order_number} | edit my order | modify order | wrong (size|colour) | add an item
    change quantity | one more {product} | {other_colour} instead of {colour}
change_order_ask =
    3* {i_want} change {order}. | 2* {can_you} change {order}? | please change {order}.
    {how_do_i} (change|edit) {order}?
    is it too late to (change|modify|add something to) {order}? | {can_i} add {other_thing} to {order}?
    I ordered the wrong (size|colour|model), {can_you} change it to ({size}|{other_colour})?
    {can_i} still (change|switch) the (size|colour|quantity) (in|of) {order}? | make it {few} instead of one please.
    please take {thing} out of {order} (before it ships|but send the rest).
    {i_want} swap {thing} for {other_thing} before it (ships|leaves the warehouse).
    I ordered {few} by accident, {can_you} make it only one?
    2* don't cancel {order}, (change the size|change the colour|just take one thing out).
    2* I no longer want to cancel (anything|the whole thing|{order}), just change the (size|colour|quantity).
    2* {can_i} cancel only {thing} and keep the rest of {order}?
    2* instead of cancelling {order} {i_want} (swap|exchange|replace) {thing}.
    if you can't cancel {order} any more, then change the (size|colour).
    remove one item from {order}, I want the rest.
    2* I made a mistake in {order}, {can_you} correct it so that I don't have to order again?
    does it cost anything to change {order} (now|before it ships)?
"""
