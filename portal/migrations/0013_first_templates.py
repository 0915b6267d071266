from django.db import migrations

FIRST = [
    ("accept", "感谢并说明下一步", "您反映的事已受理，编号 {编号}。改革办会研究由谁来办，结果会通知您。"),
    ("refuse", "说不清是哪里", "您没有写明具体地点，我们没法核实。请补充路名、单位或小区名称后再提一次。"),
    ("refuse", "不归本市管", "这件事不属于本市职责范围。请向主管机关反映：（写明机关和电话）。"),
    ("refuse", "走法定程序", "这件事已进入诉讼、仲裁或信访程序，请按原程序办理，改革办不能重复受理。"),
    ("refuse", "您已经提过", "您已提过同样的建议（写明编号），我们会一并办理，进展可用原编号查询。"),
    (
        "adopt",
        "反映集中、见效快",
        "这件事群众反映集中，花钱不多、见效快，拟纳入今年的项目库，由责任单位拿出方案，进展会在项目页公开。",
    ),
    ("adopt", "先办成一处", "同类问题在多个县区都有，拟作为项目先办成一处，再总结推开。"),
    ("refer", "跨年建设", "这件事需要较大投入和跨年建设，拟转入民生实事项目统筹安排，进展由民生实事办公布。"),
    ("defer", "条件还不够", "方向可行，但今年的条件还不够（写明缺什么），拟分步推进，先做前期工作，{年度} 年办成。"),
    ("assign", "属日常职责", "这件事属于{单位}日常职责，请其{期限}查清情况并公开答复。"),
    ("assign", "到场核实", "情况需要现场核实，请{单位}到场查看后答复：能改的什么时候改好，不能改的说明原因。"),
    ("decline", "现行规定不允许", "现行规定（写明哪一条）不允许这样做，无法采纳，感谢您的建议。"),
    ("decline", "已经在实行", "同样的做法已经在实行（写明在哪里、怎么办理），不再另立项目。"),
]


def write_templates(apps, schema_editor):
    """The words that stood in the program so far, for the office to go on with."""
    model = apps.get_model("portal", "AnswerTemplate")
    model.objects.bulk_create(
        [model(kind=kind, title=title, text=text, position=10 * n) for n, (kind, title, text) in enumerate(FIRST, 1)]
    )


class Migration(migrations.Migration):
    dependencies = [("portal", "0012_notes_and_templates")]

    operations = [migrations.RunPython(write_templates, migrations.RunPython.noop, elidable=True)]
