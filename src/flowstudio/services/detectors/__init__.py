"""What notices that a trigger's moment has come: one file per kind of trigger that is not told from outside."""
