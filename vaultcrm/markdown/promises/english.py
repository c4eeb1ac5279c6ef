"""How promises are made in English: "I'll send you the quote by Friday"."""

from vaultcrm.markdown.promises.language import Language

_EN_ADVERB = (
    r"(?:(?:also|then|now|just|certainly|definitely|gladly|happily|personally|quickly|shortly|soon|immediately|again|still|both|"
    r"of course|try to|try and|make sure to|be sure to|do my best to|do our best to|go ahead and) )*"
)
_EN_DO = (
    r"(?:(?:re)?send|forward|e-?mail|mail|share|(?:re)?submit|upload|deliver|provide you|provide a|supply|hand|drop you|return (?:it|the|"
    r"them|your|that|to (?:it|this|that|you))|"
    r"pass (?:it|this|that|them|the|on|along|you)|put (?:together|up|it up|you in touch|the|a|an|some|your|our|this|that)|post|publish|"
    r"prepare|draft|write (?:you|to|up|it|this|that|a|the|down|out)|make (?:sure|it|the|a|an|that|those|these|you)|add (?!that\b)|"
    r"update|revise|adjust|rework|redo|fix|correct|repair|amend|implement|replace|check|double-?check|verify|test|look (?:into|at|for|it|"
    r"up)|"
    r"take (?:a|another) (?:closer |quick )?look|take care|have (?:a|another) (?:quick |closer )?look|have (?:a )?go|have (?:it|that|them|"
    r"this|your|everything|a draft)|investigate|find (?:out|you|a|the|some)|figure (?:it )?out|ask|call|ring|phone|"
    r"give (?:you|them|him|her) (?:a )?(?:call|ring|bell|buzz|update|answer|feedback|an? [a-z]+ (?:by|on|tomorrow))|get (?:back|in touch|"
    r"it|"
    r"them|that|those|the|you|your|this|something|hold of)|come back|reply|respond|let (?:you|everyone|them|him|her) know|keep you|report|"
    r"follow up|confirm|arrange|organi[sz]e|book|schedule|set (?:it |that |this |something )?up|set up|order|pay|transfer|invoice|bill|"
    r"finish|finali[sz]e|complete|release|deploy|commit|push|install|migrate|rebuild|re-build|build|produce|convert|file|review|read|"
    r"summari[sz]e|notify|inform you|talk (?:to|with)|speak (?:to|with)|discuss (?:it|this|that) with|bring|pick up|create|design|"
    r"sort (?:it|that|this|things|everything )?|resolve|solve|sign|start (?!by\b|to\b)|work on|record|translate|deal with|handle|"
    r"go through|"
    r"chase|remind|introduce you|invite|draw up|"
    r"move (?:the|it|this|that)|switch)\b"
)
# "We" often means the reader as well, above all in announcements: "in this course we will review"
_EN_WE_DO = (
    r"(?:(?:re)?send|forward|e-?mail|mail|share|(?:re)?submit|upload|deliver|provide you|supply|return|pass (?:it|this|that|them|on|"
    r"along)|publish|"
    r"prepare|draft|write (?:you|to you|up)|make (?:sure|it|that|those|these)|update|adjust|rework|fix|correct|repair|amend|replace|"
    r"check|double-?check|"
    r"look (?:into|at it)|take care|have (?:a|another) (?:quick |closer )?look|take (?:a|another) (?:closer |quick )?look|find out|ask|"
    r"call|"
    r"give (?:you|them|him|her) (?:a )?(?:call|ring|update|answer|feedback)|get (?:back|in touch|it|that)|come back|reply|respond to you|"
    r"let (?:you|them|him|her) know|keep you|report back|follow up|confirm|arrange|organi[sz]e (?:it|that|this|the|a)|book|schedule|"
    r"set (?:it |that |this )?up|order|"
    r"pay|transfer|invoice|finish|finali[sz]e|complete|release|deploy|install|migrate|notify you|inform you|sort (?:it|that|this)|sign|"
    r"translate|handle|"
    r"add (?:it|that|this|those|these|them|your))\b"
)
_EN_DOING = (
    r"be (?:sending|forwarding|emailing|mailing|sharing|submitting|uploading|delivering|posting|publishing|preparing|drafting|writing|"
    r"adding|"
    r"updating|revising|fixing|correcting|checking|looking into|calling|phoning|getting back|in touch|following up|confirming|arranging|"
    r"finishing|releasing|reviewing|finding out|back (?:to you|with|in touch)|working on)\b"
)
_EN_OFFERED = r"(?:send|forward|e-?mail|share|give|pay|return|deliver|get (?:you|back)|write|call|check|ask|finish|fix|prepare)\b"
ENGLISH = Language(
    (" i ", " i'", " i’", " we", " you", " the ", " attached", " will ", " here"),
    (
        "'ll ",
        "’ll ",
        "i will ",
        "we will ",
        "shall ",
        "'m going",
        "’m going",
        "am going",
        "are going",
        "'re going",
        "’re going",
        "'m gonna",
        "let me ",
        "owe you",
        "promise",
        "agreed",
        "sending",
        "need to ",
        "have to ",
        "you will ",
        ". will ",
        ", will ",
        "; will ",
        " and will ",
    ),
    rf"(?:\bi(?:'ll| will| shall|'m going to| am going to|'m gonna)|^(?:(?:ok|okay|yes|sure|thanks|great|"
    rf"fine|perfect|and|then|so)[,.! ]+)*will|(?<=[.;,] )will|\bi\b[^.;:?!]{{1,80}} and will) {_EN_ADVERB}(?P<what>{_EN_DO}|{_EN_DOING})"
    rf"|\bwe(?:'ll| will| shall|'re going to| are going to) {_EN_ADVERB}(?P<what7>{_EN_WE_DO}|be (?:sending|forwarding|in touch|"
    rf"getting back|uploading|delivering)\b)"
    rf"|\b(?:i|we)(?: still)? (?:need|have|promised|promise|agreed)(?: you)? to (?P<what2>{_EN_OFFERED})"
    rf"|\blet me (?P<what3>(?:check|look|ask|find out|see)\b.{{0,60}}?\b(?:get|come) back to (?:you|u)\b)"
    rf"|\bi (?P<what4>(?:still )?owe you (?:the|a|an|your|some)\b)"
    rf"|\byou(?:'ll| will) (?P<what5>(?:have|get|receive|hear)\b.{{0,80}}?\b(?:by|on|before|until|tomorrow|tonight|today|next|this|"
    rf"from me|from us|"
    rf"end of|within|soon|shortly)\b)"
    rf"|\bi(?:'m| am) (?P<what6>sending (?:you|it|them|this|that|over|the)\b.{{0,60}}?\b(?:by|on|tomorrow|tonight|next|this (?:week|"
    rf"evening|"
    rf"afternoon)|later)\b)",
    r"\b(?:attached|attachment|enclosed|herewith|here is|here are|here's|here you go|as promised|i(?:'ve| have)? (?:just |now |"
    r"already )?(?:sent|uploaded|fixed|added|"
    r"updated|finished|paid|booked|forwarded|shared|posted|done|checked|called)|just (?:sent|uploaded|fixed|paid|booked)|is (?:done|live|"
    r"paid|online)|"
    r"(?:are|it's) (?:done|live|fixed))\b",
    rf"\b(?!(?:i|we|you|it|this|that|there|who|which|what)\b)[a-z]{{2,20}}(?: (?!i\b|we\b)[a-z]{{2,20}})?"
    rf"(?:'ll| will| promised to| promises to| is going to| are going to| agreed to) {_EN_ADVERB}(?P<what>{_EN_DO})",
)
