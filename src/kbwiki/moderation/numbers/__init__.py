"""The numbers: how the groups' work goes, for a period, per group and space, never per person.

They live in moderation, not in `insight`: all they count are reviews, decisions and second looks, which are tables of
moderation, and features do not import each other. `insight` is for what is read and searched.

`period` says what time is asked about, `lines` reads what has to be counted, `counting` counts it (pure), and `figures`
is what comes out: each figure with its definition in words and how many it rests on.
"""
