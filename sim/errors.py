"""The tree of errors of the whole rig.

Every error keeps its data in ``args`` and formats its text in ``__str__``: SimPy and pickle rebuild an exception as
``type(exc)(*exc.args)``, so an error that took keywords only would come back as a `TypeError` and hide its cause.
"""


class RigError(Exception):
    """Root of all errors that stimrig raises on purpose; never raised itself."""


class ModelError(RigError):
    """The simulated world left the domain in which it is valid.

    Args:
        part: which model, as a reader would name it ("swing integrator").
        t_s: simulated time of the failure, s.
        problem: what was found and what is allowed.
    """

    def __init__(self, part: str, t_s: float, problem: str) -> None:
        super().__init__(part, t_s, problem)
        self.part, self.t_s, self.problem = part, t_s, problem

    def __str__(self) -> str:
        return f"{self.part} at t = {self.t_s:.6f} s: {self.problem}"


class CausalityError(ModelError):
    """A pulse was found after the body had passed its effect, or a sensor asked beyond the known body.

    It is a fault of the rig's block rule (design.md section 4), never of the device, and is never clamped away.
    """


class ScenarioError(RigError):
    """A scenario, patient, device, bench or limits file, or an option, that cannot be used; nothing ran.

    Args:
        where: ``file:line:column`` or the name of the option.
        problem: what was asked and what was got.
        mend: what is allowed, or the nearest valid word.
    """

    def __init__(self, where: str, problem: str, mend: str = "") -> None:
        super().__init__(where, problem, mend)
        self.where, self.problem, self.mend = where, problem, mend

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.problem}" + (f"; {self.mend}" if self.mend else "")


class CollectedScenarioError(ScenarioError):
    """Several problems of one document, told together so that one edit can mend them all.

    Args:
        errors: the single problems, in file order.
    """

    def __init__(self, errors: tuple[ScenarioError, ...]) -> None:
        super().__init__("", "", "")
        self.args = (errors,)
        self.errors = errors

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class NothingSelectedError(RigError):
    """No case is left to run (exit code 5)."""


class BenchError(RigError):
    """The rig, not the device, failed: a link, an instrument, a card.

    Args:
        part: the bench or instrument.
        t_s: simulated time of the failure, s, or NaN when no run was under way.
        problem: what happened.
        mend: what to do about it.
    """

    def __init__(self, part: str, t_s: float, problem: str, mend: str = "") -> None:
        super().__init__(part, t_s, problem, mend)
        self.part, self.t_s, self.problem, self.mend = part, t_s, problem, mend

    def __str__(self) -> str:
        instant = "" if self.t_s != self.t_s else f" at t = {self.t_s:.6f} s"
        return f"{self.part}{instant}: {self.problem}" + (f"; {self.mend}" if self.mend else "")


class RecordError(RigError):
    """A record that is damaged, of another version, or cannot be written.

    Args:
        path: the file or folder.
        problem: what is wrong with it.
        mend: what to do about it.
    """

    def __init__(self, path: str, problem: str, mend: str = "") -> None:
        super().__init__(path, problem, mend)
        self.path, self.problem, self.mend = path, problem, mend

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" + (f"; {self.mend}" if self.mend else "")
