"""Every error FlowStudio raises, as one tree.

    FlowStudioError
      WorkflowError      InvalidWorkflow, UnknownNodeType
      ExpressionError    BadSyntax, UnknownVariable, WrongType, TooExpensive
      DocumentError      UnreadableDocument
      RequestError       NotFound, Conflict, NotAllowed, NotSignedIn, TooMany, BadRequest, LinkExpired
      StepError          ConfigRejected, StepTimedOut, LimitReached, OutcomeUnknown
      ConnectorError     Unreachable, RateLimited, Unauthorized, Refused
      SettingsError      BadSetting
      InternalError      StorageFailed

The docstring of a class is its default message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.problem import Problem

Actor = Literal["user", "outside", "us"]


class FlowStudioError(Exception):
    """Something went wrong in FlowStudio."""

    code: ClassVar[str] = "error"
    who: ClassVar[Actor] = "us"
    """Who must act: the user, an outside system, or FlowStudio itself."""
    retryable: ClassVar[bool] = False
    """Whether trying the same again may succeed."""

    def __init__(self, message: str = "", *, hint: str = "", node_id: str | None = None) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.hint = hint
        self.node_id = node_id
        super().__init__(self.message)

    @property
    def told(self) -> str:
        """What is said of it to a person: what is wrong, and what to do about it."""
        return f"{self.message} {self.hint}".strip()


class WorkflowError(FlowStudioError):
    """The workflow is not right."""

    code = "workflow_error"
    who = "user"


class InvalidWorkflow(WorkflowError):
    """The workflow has errors."""

    code = "invalid_workflow"

    def __init__(self, problems: Sequence[Problem], message: str = "", *, hint: str = "") -> None:
        self.problems = tuple(problems)
        super().__init__(message or self._summary(), hint=hint)

    def _summary(self) -> str:
        errors = [problem for problem in self.problems if problem.severity == "error"]
        if not errors:
            return (type(self).__doc__ or "").strip()
        rest = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        return f"{errors[0].message}{rest}"


class UnknownNodeType(WorkflowError):
    """There is no such kind of step."""

    code = "unknown_node_type"


class ExpressionError(FlowStudioError):
    """The expression cannot be used."""

    code = "expression_error"
    who = "user"

    def __init__(
        self, message: str = "", *, hint: str = "", node_id: str | None = None, position: int | None = None
    ) -> None:
        self.position = position
        """Offset in characters into the expression's text, where known."""
        super().__init__(message, hint=hint, node_id=node_id)


class BadSyntax(ExpressionError):
    """The expression cannot be read."""

    code = "bad_syntax"


class UnknownVariable(ExpressionError):
    """There is no variable of that name here."""

    code = "unknown_variable"

    def __init__(self, name: str, known: Sequence[str] = (), *, node_id: str | None = None) -> None:
        self.name = name
        self.known = tuple(known)
        listed = ", ".join(self.known[:20]) or "none"
        super().__init__(f'"{name}" is not known here.', hint=f"Names that exist: {listed}.", node_id=node_id)


class WrongType(ExpressionError):
    """The value is of the wrong kind."""

    code = "wrong_type"


class TooExpensive(ExpressionError):
    """The expression would take too much time or memory."""

    code = "too_expensive"


class DocumentError(FlowStudioError):
    """The document cannot be used."""

    code = "document_error"
    who = "user"


class UnreadableDocument(DocumentError):
    """The document cannot be read."""

    code = "unreadable_document"

    def __init__(self, problems: Sequence[Problem] = (), message: str = "", *, hint: str = "") -> None:
        self.problems = tuple(problems)
        super().__init__(message or (self.problems[0].message if self.problems else ""), hint=hint)


class RequestError(FlowStudioError):
    """The request cannot be carried out."""

    code = "request_error"
    who = "user"


class BadRequest(RequestError):
    """The request is not complete or not right."""

    code = "bad_request"


class NotSignedIn(RequestError):
    """Sign in first."""

    code = "not_signed_in"


class NotFound(RequestError):
    """There is nothing at this address."""

    code = "not_found"


class LinkExpired(RequestError):
    """This link has expired."""

    code = "link_expired"

    def __init__(self, message: str = "", *, hint: str = "Ask whoever sent it to you for a new one.") -> None:
        super().__init__(message, hint=hint)


class Conflict(RequestError):
    """Something else stands in the way."""

    code = "conflict"


class NotAllowed(RequestError):
    """Your role does not allow this."""

    code = "not_allowed"


class TooMany(RequestError):
    """Too many requests at once."""

    code = "too_many"
    retryable = True

    def __init__(self, message: str = "", *, hint: str = "", after: float | None = None) -> None:
        self.after = after
        """Seconds after which to try again."""
        super().__init__(message, hint=hint)


class StepError(FlowStudioError):
    """The step failed."""

    code = "step_failed"
    who: ClassVar[Actor] = "user"


class ConfigRejected(StepError):
    """A setting of the step is not right."""

    code = "config_rejected"

    def __init__(self, message: str = "", *, setting: str = "", hint: str = "", node_id: str | None = None) -> None:
        self.setting = setting
        super().__init__(message, hint=hint, node_id=node_id)


class StepTimedOut(StepError):
    """The step took too long."""

    code = "timed_out"
    retryable = True


class LimitReached(StepError):
    """A limit of the workflow is reached."""

    code = "limit_reached"


class OutcomeUnknown(StepError):
    """The request was sent, but no answer came: it may have had its effect."""

    code = "outcome_unknown"
    who = "outside"


class ConnectorError(FlowStudioError):
    """The other system did not do what was asked."""

    code = "connector_error"
    who: ClassVar[Actor] = "outside"

    def __init__(
        self,
        message: str = "",
        *,
        hint: str = "",
        node_id: str | None = None,
        answer: str = "",
        status: int | None = None,
    ) -> None:
        self.answer = answer
        """The raw answer of the other system, shortened, without secrets."""
        self.status = status
        super().__init__(message, hint=hint, node_id=node_id)


class Unreachable(ConnectorError):
    """The other system cannot be reached."""

    code = "unreachable"
    retryable = True


class RateLimited(ConnectorError):
    """The other system asks us to wait."""

    code = "rate_limited"
    retryable = True

    def __init__(self, message: str = "", *, after: float | None = None, answer: str = "", hint: str = "") -> None:
        self.after = after
        """Seconds after which to try again, where the other system says so."""
        super().__init__(message, hint=hint, answer=answer, status=429)


class Unauthorized(ConnectorError):
    """The other system does not accept our credential."""

    code = "unauthorized"
    who = "user"


class Refused(ConnectorError):
    """The other system refused."""

    code = "refused"


class SettingsError(FlowStudioError):
    """FlowStudio cannot start with these settings."""

    code = "settings_error"
    who = "user"


class BadSetting(SettingsError):
    """A setting is not right."""

    code = "bad_setting"


class InternalError(FlowStudioError):
    """FlowStudio itself failed."""

    code = "internal_error"


class StorageFailed(InternalError):
    """The database did not take the change."""

    code = "storage_failed"
    retryable = True
