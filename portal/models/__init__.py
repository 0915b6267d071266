from portal.models.assignment import Assignment, AssignmentMove, Verdict
from portal.models.attachment import Attachment, Picture
from portal.models.batch import ImportBatch, ImportBatchMove
from portal.models.campaign import Campaign, CampaignMove, Phase
from portal.models.consent import Consent
from portal.models.decision import Decision
from portal.models.deputy import DeputyPaper
from portal.models.extension import Extension, ExtensionMove
from portal.models.follow import Follow
from portal.models.imported import Incoming, bring_in, known_references
from portal.models.learned import LearnedModel
from portal.models.letter import Letter, LetterMove
from portal.models.notice import Notice
from portal.models.numbers import Counter
from portal.models.paper import PaperBatch, PaperBatchMove, PaperSheet
from portal.models.people import Membership, User
from portal.models.personal import Erasure, Reveal
from portal.models.places import Area, Topic, Unit, Workday
from portal.models.poster import Poster, PosterDay, PosterMove
from portal.models.reach import Kind, Reach, Subscription, Way
from portal.models.recording import DeskDraft, Recording
from portal.models.search import SearchText
from portal.models.self_report import SelfReport, SelfReportMove
from portal.models.similar import SimilarGram, SimilarPosting, SimilarText
from portal.models.suggestion import ImportedReply, Suggestion, SuggestionMove
from portal.models.triage import AnswerTemplate, InternalNote, NotSame, SavedFilter
from portal.models.upload import Upload

__all__ = [
    "AnswerTemplate",
    "Area",
    "Assignment",
    "AssignmentMove",
    "Attachment",
    "Campaign",
    "CampaignMove",
    "Consent",
    "Counter",
    "Decision",
    "DeputyPaper",
    "DeskDraft",
    "Erasure",
    "Extension",
    "ExtensionMove",
    "Follow",
    "ImportBatch",
    "ImportBatchMove",
    "ImportedReply",
    "Incoming",
    "InternalNote",
    "Kind",
    "LearnedModel",
    "Letter",
    "LetterMove",
    "Membership",
    "NotSame",
    "Notice",
    "PaperBatch",
    "PaperBatchMove",
    "PaperSheet",
    "Phase",
    "Picture",
    "Poster",
    "PosterDay",
    "PosterMove",
    "Reach",
    "Recording",
    "Reveal",
    "SavedFilter",
    "SearchText",
    "SelfReport",
    "SelfReportMove",
    "SimilarGram",
    "SimilarPosting",
    "SimilarText",
    "Subscription",
    "Suggestion",
    "SuggestionMove",
    "Topic",
    "Unit",
    "Upload",
    "User",
    "Verdict",
    "Way",
    "Workday",
    "bring_in",
    "known_references",
]
