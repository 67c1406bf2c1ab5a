"""The PostgreSQL of the long matrix: the named one, the local one, else one of our own that goes again."""

import pytest

from tools import postgres
from tools.console import SetupError

NOBODY = "postgresql://postgres@127.0.0.1:1/postgres"


def test_a_named_server_that_does_not_answer_is_a_failure(monkeypatch):
    monkeypatch.setenv(postgres.VARIABLE, NOBODY)
    with pytest.raises(SetupError, match=postgres.VARIABLE), postgres.postgres():
        pass


@pytest.mark.postgres
def test_a_server_is_started_where_none_answers_and_goes_again(monkeypatch):
    monkeypatch.delenv(postgres.VARIABLE, raising=False)
    monkeypatch.setattr(postgres, "_LOCAL", NOBODY)
    with postgres.postgres() as address:
        assert postgres._refusal(address) == ""
    assert postgres._refusal(address)
