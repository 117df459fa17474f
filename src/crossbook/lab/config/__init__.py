"""Run files: the model that they are read into, and the specification that the kernel makes a simulation from."""

from crossbook.lab.config.groups import PythonGroup
from crossbook.lab.config.model import RunFile
from crossbook.lab.config.specification import Specification, specify

__all__ = ["PythonGroup", "RunFile", "Specification", "specify"]
