"""The twins for test runs: the same ports, the same requests and mails, and nothing leaves."""

from flowstudio.connectors.simulated.http import SimulatedHttp
from flowstudio.connectors.simulated.mail import SimulatedMail
from flowstudio.connectors.simulated.secrets import SimulatedSecrets

__all__ = ["SimulatedHttp", "SimulatedMail", "SimulatedSecrets"]
