"""Who calls? Invented people with invented numbers: blocks that are given to nobody (four noughts after the prefix)."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .places import Place

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文向母蒲昝岳蹇苟"
)
OLDER = (
    "国珍 玉英 素华 光荣 桂芳 正全 秀兰 天福 永贵 淑清 德明 兴华 碧琼 朝富 明秀 文富 开琼 仕林 成玉 先碧 "
    "长寿 绍全 菊香 泽贵 定芳 万才 怀玉 世荣 登学 崇秀"
).split()
MIDDLE = (
    "建军 小红 晓梅 志勇 春梅 海波 利 波 勇 燕 小琼 国平 军 丽 雪琴 斌 建华 玲 强 晓蓉 "
    "涛 艳 学军 敏 健 丹 小平 红梅 林 芳 伟 莉 冬梅 鹏 霞 刚 静 洪 华 英"
).split()
YOUNGER = (
    "子涵 欣怡 浩 雨桐 嘉豪 思琪 俊 梦婷 宇轩 雅雯 鑫 佳颖 一鸣 诗涵 睿 可欣 志远 晨曦 航 悦 "
    "文轩 语嫣 博 玉洁 泽宇 茜 明哲 若兰 昊 佳琪"
).split()
FOREIGN = (
    "Aoife Brennan|Thomas Keller|Priya Nair|James Okafor|Maria Sousa|Hannah Lindqvist|Daniel Novak|Sofia Rossi|"
    "Samuel Wright|Elena Petrova|Ahmed Farouk|Claire Dubois|Peter Jansen|Grace Mwangi|Lucas Moreira|Emily Carter|"
    "Yusuf Demir|Anna Kowalska|Michael Tan|Rachel Cohen"
).split("|")
MOBILE = [f"1{n}" for n in (*range(30, 39), *range(50, 54), *range(55, 60), *range(80, 90))]  # 139 is the officers'
OUTSIDERS = "1990000"  # property managers, contractors
LANDLINE = "0839000"  # a local number never begins with 0
TIMES = ("晚上7点以后", "上午", "中午12点半", "下午3点", "周末上午", "晚上8点", "")
LANDLINES_OF_HUNDRED = 4
SEVERAL = 0.32  # how often somebody who has called before calls again from the same town


@dataclass(frozen=True)
class Caller:
    name: str
    phone: str
    preferred_time: str = ""
    language: str = "zh-hans"


class Callers:
    """Draws callers: mostly new ones, now and then one from the same town who has called before."""

    def __init__(self, rng: Random, most: int, first: int = 0):
        """`first`: where the numbers begin; two groups that begin apart share none."""
        self.rng, self.most, self.first = rng, most, first
        self.numbers = self._numbers()
        self.known: list[Caller] = []
        self.by_town: dict[str, list[Caller]] = {}

    def someone(self, place: Place) -> Caller:
        here = self.by_town.setdefault(place.town, [])
        if here and (len(self.known) >= self.most or self.rng.random() < SEVERAL):
            return self.rng.choice(here)
        if len(self.known) >= self.most:
            return self.rng.choice(self.known)
        caller = Caller(self._name(), next(self.numbers), self._time())
        self.known.append(caller)
        here.append(caller)
        return caller

    def foreigner(self, number: int) -> Caller:
        return Caller(FOREIGN[number % len(FOREIGN)], next(self.numbers), language="en")

    def _name(self) -> str:
        given = self.rng.choices((OLDER, MIDDLE, YOUNGER), (30, 45, 25))[0]
        return self.rng.choice(SURNAMES) + self.rng.choice(given)

    def _time(self) -> str:
        return self.rng.choice(TIMES) if self.rng.random() < 0.3 else ""

    def _numbers(self):
        """Each number once, in a mixed order."""
        mobile = [f"{prefix}0000{n:04d}" for prefix in MOBILE for n in range(self.first, 10000, 97)]
        self.rng.shuffle(mobile)
        land = iter(range(137 + self.first, 10000, 71))
        for number in mobile:
            if self.rng.randrange(100) < LANDLINES_OF_HUNDRED:
                yield f"{LANDLINE}{next(land):04d}"
            yield number
