"""Rows of lists: the whole row opens what its link leads to."""

OPEN_ROW = """(event) => {
  if (!event.target.closest('a, button, .q-toggle, .q-menu')) event.currentTarget.querySelector('a').click();
}"""
"""Handler of a row's click in the browser; switch and menu in it do what they are for."""
