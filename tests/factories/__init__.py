"""Factories for every record, with traits named after statuses: `SuggestionFactory(open=True)`.

A trait carries a new record through its real verbs, by the people of the cast, up to that status; `at=` makes it all
happen at one moment. Only `received_at`, dates and the like can be set otherwise.
"""

from tests.factories.base import jpeg
from tests.factories.monitors import (
    AttendanceFactory,
    MonitorFactory,
    ProblemFactory,
    RecusalFactory,
    VisitFactory,
    VisitNoteFactory,
    VisitPhotoFactory,
)
from tests.factories.portal import (
    AssignmentFactory,
    AttachmentFactory,
    CampaignFactory,
    CitizenFactory,
    DecisionFactory,
    ExtensionFactory,
    MembershipFactory,
    NoticeFactory,
    PaperBatchFactory,
    PosterFactory,
    SelfReportFactory,
    SuggestionFactory,
    UnitFactory,
    UserFactory,
    VerdictFactory,
)
from tests.factories.projects import (
    AnnualListFactory,
    IndicatorFactory,
    PhotoFactory,
    ProjectFactory,
    ReportFactory,
    StepFactory,
    SupervisionOrderFactory,
)
from tests.factories.voting import CriterionFactory, EntryFactory, RoundFactory, SheetFactory, SupportFactory

__all__ = [
    "AnnualListFactory",
    "AssignmentFactory",
    "AttachmentFactory",
    "AttendanceFactory",
    "CampaignFactory",
    "CitizenFactory",
    "CriterionFactory",
    "DecisionFactory",
    "EntryFactory",
    "ExtensionFactory",
    "IndicatorFactory",
    "MembershipFactory",
    "MonitorFactory",
    "NoticeFactory",
    "PaperBatchFactory",
    "PhotoFactory",
    "PosterFactory",
    "ProblemFactory",
    "ProjectFactory",
    "RecusalFactory",
    "ReportFactory",
    "RoundFactory",
    "SelfReportFactory",
    "SheetFactory",
    "StepFactory",
    "SuggestionFactory",
    "SupervisionOrderFactory",
    "SupportFactory",
    "UnitFactory",
    "UserFactory",
    "VerdictFactory",
    "VisitFactory",
    "VisitNoteFactory",
    "VisitPhotoFactory",
    "jpeg",
]
