"""Chinese personal names: what looks like one, and the ordinary words that only begin like one."""

from __future__ import annotations

import re

from config.privacy import COMPOUND_SURNAMES

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪"
    "庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶"
    "解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎"
    "甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练"
)
# After 我是 and 本人 these begin ordinary words far oftener than names: 于2020年, 和家人, 向贵局, 住在…
_SELDOM_NAMES = frozenset("于和向应全时成原位区南连关明华党商官边强满花海权盖练安房封农司解劳班皮师池查米沙豆项管单")
_NEVER_GIVEN = frozenset("的了着过是在有不这那就都也和与及或我你您他她们个把被让请将已又很太最更每各某几从去县")
# Rare in given names and common in words; they decide only where nothing but 我是 or 本人 speaks for a name.
_SELDOM_GIVEN = frozenset(
    "市区镇乡村街户店厂局部站所校司员老师上下前后到要想会非常多少万千百十零二五六七八九两车房门里外内处边旁住址电机姓租客坐投诉购买"
    "爸妈爷奶孩妻父母路楼栋号室院主人家层月年日时点分元"
)
NOT_NAMES = frozenset(
    re.findall(
        r"\S+",
        """
        高中 高中生 高三 高二 高一 高龄 高兴 高校 高层 高级 方便 方向 常住 常客 常年 常委 安装 白领 白天
        白班 金融 石油 游客 路人 路过 车主 车友 房东 房主 文员 文科 平民 平时 全职 全体 华为 万科 万达
        恒大 单亲 单独 单身 单位 成年 成人 明确 关于 关心 宁愿 焦急 尚未 连续 时常 应届 应聘 农村 农民
        农户 党员 司机 师傅 商户 商贩 商家 管理 管道 官方 边缘 解放 童年 盛世 强烈 向往 麻烦 荣幸 惠民
        封闭 查询 谈判 陈述 顾客 温馨 康复 江南 江北 河北 山东 云南 海南 海外 湖南 石家 安平 景县 武邑
        武强 饶阳 故城 枣强 阜城 冀州 深州 桃城 衡水 邯郸 保定 沧州 邢台 唐山 廊坊 张家 承德 秦皇 易地
        于是 和平 和谐 严重 严格 任何 任意 何时 何处 包括 包容 左右 左侧 左边 古城 古代 季度 乐意 艾滋
        计划 程序 程度 章程 成都 成立 安全 安排 安置 甘愿 毕业 毕竟 申请 申诉 容易 向上 贺电 卫生 卫健
        温暖 温州 武汉 郑州 徐州 苏州 杭州 常州 常德 南京 南方 北方 东方 华北 华南 荣誉 简单 简直 舒服
        尤其 广场 项目 项上 施工 纪委 纪检 史上 齐心 康养 庞大 左转 温泉 曲折 冷水 冷静 花园 花钱 阳光
        阳台 白色 金色 蓝天 石材 龙头 梅雨 祝您 祝愿 谢谢 感谢 许多 许可 曾经 曾在 曾于 何况 贾某 张某
        王某 李某 刘某 陈某 杨某 赵某 某某
        """,
    )
)
_COMPOUND = "|".join(sorted(COMPOUND_SURNAMES))
# A name as a part of a pattern: surname and one or two characters, the shorter first.
NAME = rf"(?:{_COMPOUND}|[{''.join(sorted(SURNAMES))}])[\u4e00-\u9fff·]{{1,2}}?"


def is_name(name: str, *, weak: bool) -> bool:
    """Whether what fits `NAME` is a name; `weak`: when only 我是 or 本人 speaks for it."""
    given = name[2:] if name[:2] in COMPOUND_SURNAMES else name[1:]
    if not given or name in NOT_NAMES or (weak and name[:2] in NOT_NAMES) or _NEVER_GIVEN & set(given):
        return False
    seldom = name[0] in _SELDOM_NAMES and name[:2] not in COMPOUND_SURNAMES
    return not (weak and (seldom or _SELDOM_GIVEN & set(given)))


def may_be_own_name(text: str) -> bool:
    """What somebody put into the field for their name and repeats in the text: names of two families and names with a
    dot too, which nothing but that field would tell."""
    if looks_like_a_name(text) or re.fullmatch(r"[\u4e00-\u9fff]{1,10}(?:·[\u4e00-\u9fff]{1,10})+", text):
        return True
    four = re.fullmatch(r"[\u4e00-\u9fff]{4}", text) and text[0] in SURNAMES and not _NEVER_GIVEN & set(text)
    return bool(four) and text[:2] not in NOT_NAMES


def looks_like_a_name(text: str) -> bool:
    """A Chinese personal name, not a nickname: two to four characters after a known surname."""
    return bool(re.fullmatch(NAME, text)) and is_name(text, weak=False)
