"""Template answers: a clear reason to begin from, by route. The officer finishes the sentence."""

from django.utils.translation import gettext_lazy as _

from portal.models import Decision

Route = Decision.Route
PHRASES = {
    Route.ADOPT: [
        _("这件事群众反映集中，花钱不多、见效快，拟纳入今年的项目库，由责任单位拿出方案，进展会在项目页公开。"),
        _("同类问题在多个县区都有，拟作为项目先办成一处，再总结推开。"),
    ],
    Route.REFER: [
        _("这件事需要较大投入和跨年建设，拟转入民生实事项目统筹安排，进展由民生实事办公布。"),
    ],
    Route.DEFER: [
        _("方向可行，但今年的条件还不够（写明缺什么），拟分步推进，先做前期工作，到期再办。"),
    ],
    Route.ASSIGN: [
        _("这件事属于责任单位日常职责，请其 7 个工作日内查清情况并公开答复。"),
        _("情况需要现场核实，请责任单位到场查看后答复：能改的什么时候改好，不能改的说明原因。"),
    ],
    Route.DECLINE: [
        _("现行规定（写明哪一条）不允许这样做，无法采纳，感谢您的建议。"),
        _("同样的做法已经在实行（写明在哪里、怎么办理），不再另立项目。"),
    ],
}  # fmt: skip
