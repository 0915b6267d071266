from voting.models.entry import Entry, Mark, Result, ResultCriterion, Sheet
from voting.models.round import Criterion, Round, RoundMove
from voting.models.support import Support

__all__ = ["Criterion", "Entry", "Mark", "Result", "ResultCriterion", "Round", "RoundMove", "Sheet", "Support"]
