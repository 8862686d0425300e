"""Words too common to look for: they are left out of a query that has other words.

The index keeps them, so that phrases and queries made of nothing else find them. Folded, as ``folding.fold``
gives them; only words that say nothing about the subject of a page in any trade.
"""

from __future__ import annotations

_EN = """
a about an and any are as at be been by can could did do does for from had has have how i if in into
is it its me my of on or our should so than that the their then there these they this those to was
we were what when where which who why will with would you your
"""
_DE = """
aber als am an auf aus bei bin bis da das dass dem den der des die doch du ein eine einem einen
einer eines er es fur hat ich ihr im in ist ja kann man mein mich mir mit muss nach oder sich sie
sind so uber um und uns unser vom von vor war was wann warum wenn wer wie wir wird wo zu zum zur
"""
_FR = """
a ai au aux avec ce ces cet cette comment d dans de des du elle en est et il ils j je l la le les
leur ma mais me mes mon nos notre nous ou par pas pour pourquoi qu quand que quel quelle qui sa se
ses si son sont sur ta te tes ton tu un une vos votre vous
"""
_ES = """
a al como con cual cuando de del donde e el ella en entre es esa ese esta este esto la las lo los
mas me mi mis muy no nos o para pero por porque que quien se si sin sobre son su sus te tu tus un
una unas uno unos y ya yo
"""
_IT = """
a ai al alla alle anche che chi ci come con cosa da dal dalla dei del della delle di dove e ed gli
ho i il in io la le lo ma mi mio ne nel nella non o per perche piu quale quando se si sono su sul
sulla sua suo ti tra tu un una uno vi
"""
_PT = """
a ao aos as com como da das de do dos e ela ele em entre essa esse esta este eu foi isso isto ja
mais mas me meu minha na nas no nos o onde os ou para pela pelo por porque qual quando que quem se
sem ser seu sua sao te um uma
"""
_RU = """
а без бы был была были было быть в вам вас во вот все всех вы где для до его ее если есть же за и из
или им их к как когда кто ли мне мы на над не него нет но о об он она они от по под при с со так то
тот у что чтобы это эта этот я
"""

_WORDS = {"en": _EN, "de": _DE, "fr": _FR, "es": _ES, "it": _IT, "pt": _PT, "ru": _RU}

COMMON_WORDS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
"""By language."""
