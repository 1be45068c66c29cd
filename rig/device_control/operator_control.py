"""A box without an interface: a person sets its knobs, and what was asked and answered stands in the record."""

from collections.abc import Mapping

from rig.device_control.operator import Operator, TerminalOperator
from scenarios.case import Case
from scenarios.control import ControlDescription, SettingWords
from scenarios.control_reader import told_value
from scenarios.dataclass_reader import settings_units
from sim.errors import BenchError
from sim.timebase import TimeNs


class OperatorControl:
    """A `DeviceControl` made of questions.

    Args:
        description: `control:` of the device file; its settings hold the questions.
        operator: who is asked; by default the person at the terminal.
    """

    def __init__(self, description: ControlDescription, operator: Operator | None = None) -> None:
        self._description = description
        self._operator = operator or TerminalOperator()
        self._units: Mapping[str, str] = {}
        self._told: list[tuple[TimeNs, str]] = []
        self._set: dict[str, float | str] = {}
        self._is_open = False

    def open(self, case: Case) -> None:
        """Ask for every setting of `case` that the device file has a question for.

        A setting that an earlier case has left as it should be is not asked for again.

        Raises:
            BenchError: nobody answers, or the answer is no.
        """
        self._units = settings_units(type(case.device.settings))
        self._is_open = True
        for name, words in self._description.settings.items():
            value = case.device.programmed.get(name, getattr(case.device.settings, name, None))
            if value is not None and self._set.get(name) != value:
                self._ask(words, value, 0)

    def set(self, name: str, value: float | str, t_ns: TimeNs) -> None:
        """Ask for one setting.

        Raises:
            BenchError: no question stands in the device file, nobody answers, or the control is not open.
        """
        if not self._is_open:
            raise BenchError("operator", t_ns * 1e-9, "the control is not open")
        words = self._description.settings.get(name)
        if words is None:
            known = ", ".join(self._description.settings) or "none"
            problem = f"the device file has no question for the setting `{name}`"
            raise BenchError("operator", t_ns * 1e-9, problem, f"it has: {known}")
        self._ask(words, value, t_ns)

    def _ask(self, words: SettingWords, value: float | str, t_ns: TimeNs) -> None:
        told = told_value(words, value, self._units.get(words.name, ""))
        question = words.write.send.format(value=told)
        answer = self._operator.ask(question)
        self._set[words.name] = value
        self._told.append((t_ns, f"operator: {question}: {answer}"))

    def fault(self, name: str, dose: float, t_ns: TimeNs, where: str = "") -> None:
        """Refused: a real box has no seeded defects."""
        del dose, where
        raise BenchError("operator", t_ns * 1e-9, f"a real box has no seeded defect `{name}`")

    def take_messages(self) -> tuple[tuple[TimeNs, str], ...]:
        """Questions and answers since the last call."""
        told, self._told = tuple(self._told), []
        return told

    def identity(self) -> Mapping[str, str]:
        """What can be said of a box that cannot speak."""
        return {"control": "operator"}

    def safe_state(self) -> None:
        """Nothing: the output circuit is opened by the bench's interlock, not by a person."""

    def close(self) -> None:
        """Nobody is asked any more; what was set is remembered for the next case."""
        self._is_open = False
