from monitors.models.monitor import Monitor, MonitorMove, Recusal
from monitors.models.problem import Problem, ProblemMove
from monitors.models.visit import Attendance, Visit, VisitMove, VisitNote, VisitPhoto

__all__ = [
    "Attendance",
    "Monitor",
    "MonitorMove",
    "Problem",
    "ProblemMove",
    "Recusal",
    "Visit",
    "VisitMove",
    "VisitNote",
    "VisitPhoto",
]
