from projects.models.annual_list import AnnualList, AnnualListMove
from projects.models.claims import Reading, StepClaim
from projects.models.photo import Photo
from projects.models.plan import Indicator, Step
from projects.models.project import Project, ProjectMove
from projects.models.report import Report, ReportMove
from projects.models.supervision import SupervisionOrder, SupervisionOrderMove

__all__ = [
    "AnnualList",
    "AnnualListMove",
    "Indicator",
    "Photo",
    "Project",
    "ProjectMove",
    "Reading",
    "Report",
    "ReportMove",
    "Step",
    "StepClaim",
    "SupervisionOrder",
    "SupervisionOrderMove",
]
