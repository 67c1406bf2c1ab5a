"""How runs get a turn: here, in this process; the engine behind the ports that services declare."""
