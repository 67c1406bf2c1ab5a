"""A run of the Invoice Reminder, as it is painted."""

RUN = {
    "nodes": {
        "trigger": {"state": "completed", "line": "Mon 23 Nov, 09:00:00", "count": None},
        "n1": {"state": "completed", "line": "13 invoices", "count": None},
        "n2": {"state": "running", "line": "Round 2 of 13", "count": None},
        "n3": {"state": "completed", "line": "2 is less than 3", "count": 2},
        "n4": {"state": "failed", "line": "Mailbox full, try 3 of 3", "count": 1},
        "n5": {"state": "not_reached", "line": "Not on this way", "count": None},
        "end": {"state": "not_reached", "line": "Not reached yet", "count": None},
    },
    "edges": {
        "trigger:out>n1": {"state": "taken", "count": 1},
        "n1:out>n2": {"state": "taken", "count": 13},
        "n2:each>n3": {"state": "taken", "count": 2},
        "n3:true>n4": {"state": "taken", "count": 2},
        "n3:false>n5": {"state": "not_taken", "count": 0},
        "n2:done>end": {"state": "not_taken", "count": None},
    },
}
