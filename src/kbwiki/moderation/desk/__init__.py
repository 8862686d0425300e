"""What moderators have on their desks: who looks at what just now, what comes next, what was put aside, second looks.

Nothing here decides anything: a lease never keeps anybody from deciding, it only keeps two people from doing the
same work. Decisions name what was seen and are taken once, whoever looks (see `decide`).
"""
