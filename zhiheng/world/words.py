"""Words of which invented names and products are made: nothing here names a real firm, product or limit."""

from __future__ import annotations

from typing import NamedTuple

MARK = "演示"

FIRST = tuple("澄禾岚屿榆朴棠桐溪墨砚霁曜煦泓沐芷苒萤穗榕梧桦枫麦谷泽霖岑峦")
SECOND = tuple("安宁和顺平远达辰彦衡恒启明朗景行修齐致知格物允诚信方正直厚重")


class Product(NamedTuple):
    """What is tested in a division: a product word, an invented item and its invented limit."""

    trade: str
    product: str
    item: str
    unit: str
    limit: str
    kind: str


# Limits are made for the demonstration; they quote no standard.
PRODUCTS: dict[int, Product] = {
    13: Product("粮油食品", "大米", "水分", "%", "15.5", "upper"),
    14: Product("食品", "饼干", "过氧化值", "g/100 g", "0.250", "upper"),
    15: Product("饮品", "茶饮料", "菌落总数", "CFU/mL", "100", "upper"),
    16: Product("烟草制品", "滤棒", "吸阻偏差", "Pa", "240", "upper"),
    17: Product("纺织", "棉布", "甲醛含量", "mg/kg", "75.0", "upper"),
    18: Product("服饰", "儿童上衣", "甲醛含量", "mg/kg", "75.0", "upper"),
    19: Product("鞋业", "皮鞋", "剥离强度", "N/mm", "5.00", "lower"),
    20: Product("竹木制品", "胶合板", "甲醛释放量", "mg/m³", "0.124", "upper"),
    21: Product("家具", "书柜", "甲醛释放量", "mg/m³", "0.124", "upper"),
    22: Product("纸业", "复印纸", "抗张强度", "N/mm", "2.40", "lower"),
    23: Product("印务", "作业本", "亮度", "%", "85.0", "upper"),
    24: Product("文体用品", "塑料玩具", "可迁移铅", "mg/kg", "90.0", "upper"),
    25: Product("能源化工", "车用油样", "硫含量", "mg/kg", "10.0", "upper"),
    26: Product("化工", "内墙涂料", "挥发物含量", "g/L", "80.0", "upper"),
    27: Product("药用辅料", "淀粉", "干燥失重", "%", "14.0", "upper"),
    28: Product("化纤", "涤纶丝", "断裂伸长率", "%", "18.0", "lower"),
    29: Product("橡塑", "塑料管", "纵向回缩率", "%", "5.00", "upper"),
    30: Product("建材", "水泥", "抗压强度", "MPa", "42.5", "lower"),
    31: Product("钢铁", "钢筋", "屈服强度", "MPa", "400", "lower"),
    32: Product("有色金属", "铝型材", "抗拉强度", "MPa", "160", "lower"),
    33: Product("五金", "门锁", "耐久次数", "次", "50000", "lower"),
    34: Product("通用机械", "阀门", "壳体耐压", "MPa", "2.40", "lower"),
    35: Product("专用设备", "割草机", "噪声", "dB", "96.0", "upper"),
    36: Product("汽车零部件", "制动片", "剪切强度", "MPa", "2.50", "lower"),
    37: Product("车船配件", "自行车架", "疲劳次数", "次", "50000", "lower"),
    38: Product("电器", "插座", "温升", "K", "45.0", "upper"),
    39: Product("电子", "电源适配器", "泄漏电流", "mA", "0.250", "upper"),
    40: Product("仪表", "水表", "示值误差", "%", "2.00", "upper"),
    41: Product("日用制品", "伞具", "耐冲击力", "N", "80.0", "lower"),
    42: Product("资源再生", "再生颗粒", "灰分", "%", "2.00", "upper"),
    43: Product("设备维修", "维修电机", "绝缘电阻", "MΩ", "20.0", "lower"),
}
