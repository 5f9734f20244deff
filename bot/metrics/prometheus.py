"""Counts for Prometheus (https://prometheus.io/docs/concepts/metric_types/)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    Metric,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from bot.claims.erasure import State
from bot.claims.export import ExportState
from bot.claims.ticket import TicketKind
from bot.measures import Measures, Stanza, Unanswered
from bot.policy.vocabulary import Topic

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40)
"""Borders of the histogram; a request is given up after 40 seconds."""

_MOST_SERIES = 400
"""Of one metric.  The vocabularies stay below; were one not closed after all, the rest would be `other`."""


class Family(Collector):
    """A counter with labels.  One of prometheus_client, with its locks, would cost a good part of an answer."""

    def __init__(self, name: str, meaning: str, labels: tuple[str, ...]) -> None:
        self._name, self._meaning, self._labels = name, meaning, labels
        self._counts: dict[tuple[str, ...], int] = {}

    def inc(self, *labels: str) -> None:
        """Count one more with these labels."""
        counts = self._counts
        if labels in counts:
            counts[labels] += 1
        else:
            key = labels if len(counts) < _MOST_SERIES else ("other",) * len(labels)
            counts[key] = counts.get(key, 0) + 1

    def begin(self, *labels: str) -> None:
        """Show a series from the start, as zero: whoever looks at increases would miss the first one."""
        self._counts[labels] = 0

    def collect(self) -> Iterator[Metric]:
        """Return all that was counted."""
        family = CounterMetricFamily(self._name, self._meaning, labels=self._labels)
        for labels, count in self._counts.items():
            family.add_metric(labels, count)
        yield family


class PrometheusMeasures(Measures):
    """Counts into a registry of its own.

    Attributes:
        registry: all that was counted.
    """

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # as many series again, which tell nothing
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._conversations()
        self._rights()
        self._connection()
        self._announcements()

    def _conversations(self) -> None:
        self._answered = self._counter("answered", "Answers by command and topic of the policy", "command", "topic")
        self._unanswered = self._counter(
            "unanswered",
            "Messages that got no answer, by reason; the topics on which the policy is silent",
            "reason",
            "topic",
        )
        self._rate_limited = self._counter("rate_limited", "Stanzas beyond the rate limit, by kind", "stanza")
        self._incidents = Counter("privacy_bot_incidents", "Failures that nobody expected", registry=self.registry)
        self._policy = Info(
            "privacy_bot_policy", "Version and first day of the policy in force", registry=self.registry
        )
        for why in Unanswered:
            if why is not Unanswered.POLICY_SILENT:
                self._unanswered.begin(why, "")
        for stanza in ("message", "presence", "iq"):
            self._rate_limited.begin(stanza)

    def _rights(self) -> None:
        self._erasures = self._counter(
            "erasures", "Erasures that are over, by what was erased and outcome", "what", "outcome"
        )
        self._exports = self._counter("exports", "Copies of data that are over, by outcome", "outcome")
        self._tickets = self._counter("tickets_opened", "Requests passed on to the administrators, by kind", "kind")
        for outcome in (ExportState.DONE, ExportState.FAILED, ExportState.CANCELLED):
            self._exports.begin(outcome)
        for kind in TicketKind:
            self._tickets.begin(kind)

    def _connection(self) -> None:
        registry = self.registry
        self._up = Gauge("privacy_bot_connected", "Whether there is a connection to the server", registry=registry)
        self._reconnects = Counter("privacy_bot_reconnects", "Connections after the first one", registry=registry)
        self._was_connected = False
        self._module = Gauge(
            "privacy_bot_module_present", "Whether the companion module answered on this connection", registry=registry
        )
        self._seconds = Histogram(
            "privacy_bot_backend_request_seconds",
            "Time that the companion module took to answer or to fail, by operation",
            ("operation",),
            registry=registry,
            buckets=_SECONDS,
        )
        self._backend_errors = self._counter(
            "backend_errors", "Requests to the companion module that failed, by error", "error"
        )
        self._store_errors = Counter("privacy_bot_store_errors", "Failures of the database", registry=registry)

    def _announcements(self) -> None:
        registry = self.registry
        self._welcomes = self._counter("welcomes", "Newcomers, by what became of their welcome", "outcome")
        self._state = Gauge(
            "privacy_bot_announcement_state", "State of the announcement", ("state",), registry=registry
        )
        self._accounts = Gauge(
            "privacy_bot_announcement_accounts",
            "Accounts of the announcement, by how far they are",
            ("state",),
            registry=registry,
        )
        self._pace = Gauge(
            "privacy_bot_announcement_accounts_per_second", "Accounts that are told in a second", registry=registry
        )

    def _counter(self, name: str, meaning: str, *labels: str) -> Family:
        family = Family(f"privacy_bot_{name}", meaning, labels)
        self.registry.register(family)
        return family

    def answered(self, command: str, topic: Topic | None = None) -> None:
        """Count an answer."""
        self._answered.inc(command, topic or "")

    def unanswered(self, why: Unanswered, topic: Topic | None = None) -> None:
        """Count what got no answer."""
        self._unanswered.inc(why, topic or "")

    def rate_limited(self, stanza: Stanza) -> None:
        """Count a stanza that was too much."""
        self._rate_limited.inc(stanza)

    def failed(self) -> None:
        """Count an incident."""
        self._incidents.inc()

    def store_failed(self) -> None:
        """Count a failure of the database."""
        self._store_errors.inc()

    def connected(self) -> None:
        """Note a connection, and count it when it is not the first."""
        if self._was_connected:
            self._reconnects.inc()
        self._was_connected = True
        self._up.set(1)

    def disconnected(self) -> None:
        """Note that there is no connection, so no module either."""
        self._up.set(0)
        self._module.set(0)

    def module(self, *, is_there: bool) -> None:
        """Note whether the companion module is there."""
        self._module.set(is_there)

    def asked(self, operation: str, seconds: float, error: type[Exception] | None = None) -> None:
        """Note how long a request took, and count it when it failed."""
        self._seconds.labels(operation).observe(seconds)
        if error is not None:
            self._backend_errors.inc(error.__name__)

    def policy(self, version: str, effective: date) -> None:
        """Note the policy in force."""
        self._policy.info({"version": version, "effective": effective.isoformat()})

    def erased(self, what: str, outcome: State) -> None:
        """Count an erasure."""
        self._erasures.inc(what, outcome)

    def exported(self, outcome: ExportState) -> None:
        """Count a copy."""
        self._exports.inc(outcome)

    def ticket_opened(self, kind: TicketKind) -> None:
        """Count a request."""
        self._tickets.inc(kind)

    def welcomed(self, outcome: str) -> None:
        """Count a newcomer."""
        self._welcomes.inc(outcome)

    def announcement(self, state: str, told: int, skipped: int, failed: int, pending: int, pace: float) -> None:
        """Note how far the announcement is; only its present state is shown."""
        self._state.clear()
        self._state.labels(state).set(1)
        for name, accounts in (("told", told), ("skipped", skipped), ("failed", failed), ("pending", pending)):
            self._accounts.labels(name).set(accounts)
        self._pace.set(pace)
