"""The filter language, a subset of Google's AIP-160 (https://google.aip.dev/160), for lists, map, export and decisions.

`split = "testing" AND NOT label : * AND issue.label_error > 0.8 AND similar("where is my card") >= 0.6`
"""
