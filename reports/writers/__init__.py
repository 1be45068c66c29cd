"""Writers: verdicts for programs (JSON, JUnit) and for people (HTML, PDF), and the list of hashes."""

from reports.writers.junit import junit_text as junit_text
from reports.writers.package import write_case as write_case
from reports.writers.package import write_run as write_run
from reports.writers.sums import write_sums as write_sums
from reports.writers.verdicts_file import verdicts_schema as verdicts_schema
