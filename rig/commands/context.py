"""What every command needs to know first: the project it stands in and the names it may use."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.catalogue import Catalogue
    from scenarios.settings_file import ProjectSettings


@dataclass(frozen=True, slots=True)
class Context:
    """The project of the current folder.

    Attributes:
        project: what `stimrig.toml` says.
        catalogue: names that scenarios may use.
    """

    project: "ProjectSettings"
    catalogue: "Catalogue"

    @property
    def beside(self) -> tuple[Path, ...]:
        """Folders that are searched for patients, devices and benches before the shipped ones."""
        return (self.project.folder,) if self.project.folder else (Path(),)

    @property
    def runs(self) -> Path:
        """Folder of the run folders."""
        return self.project.runs or Path("runs")


def here() -> Context:
    """The context of the current folder.

    Raises:
        ScenarioError: `stimrig.toml` or a plug-in cannot be used.
    """
    from scenarios.plugins import assemble_catalogue
    from scenarios.settings_file import read_settings

    project = read_settings(Path.cwd())
    return Context(project, assemble_catalogue(project.plugins))


def runs_folder(out: Path | None) -> Path:
    """Folder of the run folders: `out`, else the project's, else `runs`; reads no catalogue."""
    from scenarios.settings_file import read_settings

    return out or read_settings(Path.cwd()).runs or Path("runs")
