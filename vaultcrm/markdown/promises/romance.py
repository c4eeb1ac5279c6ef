"""How promises are made in French, Spanish, Italian and Portuguese: "Je vous envoie le devis demain"."""

from vaultcrm.markdown.promises.language import Language

_FR_DO = (
    r"(?:r?envoi(?:e|es|ent)|r?enverr(?:ai|ons)|r?envoyons|fer(?:ai|ons) parvenir|fais(?:ons)? parvenir|transmets|transmettons|"
    r"transmettr(?:ai|ons)|"
    r"adresse(?:rai|rons)|communiquer(?:ai|ons)|fournir(?:ai|ons)|livrer(?:ai|ons)|remettr(?:ai|ons)|"
    r"reviens (?:vers|rapidement|tres|bientot|des)|reviendr(?:ai|ons)|revenons vers|tiens au courant|tiendr(?:ai|ons) (?:au courant|"
    r"informe)|"
    r"rappelle(?:rai|rons)?|appelle(?:rai|rons)?|telephonerai|verifie(?:rai|rons)?|regarde(?:rai|rons)?|prepare(?:rai|rons)?|"
    r"occupe(?:rai|rons)?|confirme(?:rai|rons)|donner(?:ai|ons)|contacter(?:ai|ons)|recontacte(?:rai|rons)?|"
    r"finir(?:ai|ons)|terminer(?:ai|ons)|corriger(?:ai|ons)|paierai|payerai|reglerai|mettr(?:ai|ons)|fer(?:ai|ons)|repondr(?:ai|ons)|"
    r"enverrai|"
    r"redige(?:rai)?|demander(?:ai|ons)|commander(?:ai|ons)|reserver(?:ai|ons)|"
    r"vais (?:(?:vous|te|t'|le|la|les|lui|leur|l'|m'en|en|y) ?)*(?:r?envoyer|faire parvenir|transmettre|adresser|revenir|rappeler|"
    r"appeler|verifier|regarder|preparer|"
    r"confirmer|contacter|demander|corriger|payer|regler|mettre|finir|terminer|occuper|livrer|repondre|faire|reserver)|"
    r"allons (?:(?:vous|te|le|la|les) )*(?:envoyer|faire parvenir|transmettre|revenir|rappeler|verifier|preparer|confirmer|livrer))\b"
)
FRENCH = Language(
    (" je ", " j'", " j’", " nous ", " vous ", " le ", " les ", " la ", " des ", " est ", " joint", " voici", " voil"),
    ("je ", "j'", "nous ", "on ", "recevrez", "recevras", "aurez", "auras"),
    rf"\b(?:je|j'|nous|on) ?(?:(?:vous|te|t'|le|la|les|lui|leur|l'|m'en|m'y|en|y|me|nous|ne manquerai pas de) ?)*(?P<what>{_FR_DO})"
    rf"|\b(?P<what2>(?:vous (?:recevrez|aurez)|tu (?:recevras|auras))\b.{{0,80}}?\b(?:demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|"
    rf"dimanche|avant|d'ici|"
    rf"la semaine|ce soir|fin de)\b)",
    r"\b(?:ci-jointe?s?|en piece jointe|en pj|voici|voila|comme promis|c'est (?:fait|regle|envoye)|j'ai (?:envoye|paye|verifie|fini|"
    r"corrige))\b",
)

_ES_DO = (
    r"(?:(?:te|le|les|os|se)(?: lo| la| los| las)? (?:r?e?envio|mando|remito|paso|hago llegar|confirmo|llamo|aviso|digo (?:algo|hoy|"
    r"manana)|"
    r"respondo|contesto|escribo|preparo|entrego|enviamos|mandamos|pasamos|confirmamos|llamamos|avisamos|mantengo|mantendre)|"
    r"(?:lo|la|los|las) (?:reviso|miro|compruebo|consulto|preparo|arreglo|corrijo)|"
    r"(?:r?e?enviar|mandar|pasar|llamar|avisar|confirmar|revisar|preparar|responder|entregar|pagar|buscar|comprobar|contestar|escribir|"
    r"corregir|"
    r"consultar|terminar|actualizar|mirar)(?:e|emos)|(?:hare|haremos)(?: llegar)?|dare|daremos|pondre|dire|"
    r"(?:voy|vamos) a (?:enviar|mandar|pasar|llamar|avisar|confirmar|revisar|preparar|responder|entregar|pagar|comprobar|contestar|hacer|"
    r"mirar|consultar|"
    r"terminar|corregir|escribir)\w*|me (?:ocupo|encargo|pongo (?:en contacto|con)|ocupare|encargare|pondre)|quedo en (?:enviar|mandar|"
    r"llamar|avisar)\w*)\b"
)
SPANISH = Language(
    (" el ", " la ", " los ", " las ", " del ", " para ", " que ", " te ", " os ", " les ", " una ", " me ", " de ", " adjunt", "mañana"),
    ("te ", "le ", "les ", "os ", "lo ", "la ", "se ", "are", "ere", "ire", "emos", "voy ", "vamos ", "me ", "quedo"),
    rf"\b(?P<what>{_ES_DO})|\b(?P<what2>(?:recibiras|recibira|tendras|tendra)\b.{{0,70}}?\b(?:manana|lunes|martes|miercoles|jueves|"
    rf"viernes|sabado|domingo|antes|semana)\b)",
    r"\b(?:adjunt[oa]s?|aqui (?:esta|estan|tienes|tiene|va|van)|como (?:te |le )?prometi|ya (?:esta (?:hecho|listo|enviado)|he|lo))\b",
)

_IT_DO = (
    r"(?:(?:ti|le|vi|te lo|te la|te li|ve lo|ve la|glielo|gliela|lo|la|li) (?:invio|mando|spedisco|giro|inoltro|faccio (?:avere|sapere)|"
    r"confermo|chiamo|"
    r"richiamo|aggiorno|preparo|scrivo|controllo|verifico|inviamo|mandiamo|facciamo (?:avere|sapere))|"
    r"(?:inviero|mandero|spediro|girero|inoltrero|faro|confermero|chiamero|richiamero|preparero|controllero|verifichero|sistemero|"
    r"consegnero|paghero|aggiornero|"
    r"rispondero|scrivero|finiro|correggero|rivedro|invieremo|manderemo|faremo|confermeremo|chiameremo|prepareremo|consegneremo)|"
    r"mi (?:faccio sentire|faccio vivo|occupo|occupero|faro sentire)|me ne occupo|ci penso io|"
    r"(?:provvedo|provvedero) a\w*|vado a (?:inviare|preparare)\w*)\b"
)
ITALIAN = Language(
    (
        " il ",
        " di ",
        " che ",
        " ti ",
        " vi ",
        " lo ",
        " gli",
        " domani",
        " allegat",
        " ecco",
        " mi ",
        " la ",
        " le ",
        " ne ",
        "rò ",
        " del",
        " un ",
    ),
    ("ti ", "le ", "vi ", "lo ", "la ", "li ", "ero", "iro", "faro", "remo", "mi ", "me ne", "ci penso", "provved", "ricever", "avra"),
    rf"\b(?P<what>{_IT_DO})|\b(?P<what2>(?:riceverai|ricevera|riceverete|avrai|avrete)\b.{{0,70}}?\b(?:domani|lunedi|martedi|mercoledi|"
    rf"giovedi|venerdi|sabato|domenica|entro|settimana)\b)",
    r"\b(?:in allegato|allegat[oaie]|ecco|come promesso|ho (?:inviato|mandato|pagato|fatto|spedito))\b",
)

_PT_DO = (
    r"(?:(?:te|lhe|lhes|vos) (?:envio|mando|encaminho|passo|ligo|aviso|confirmo|respondo|digo algo|dou|escrevo|enviamos|mandamos)|"
    r"(?:envio|mando|encaminho|passo|ligo|aviso|confirmo|respondo|digo|escrevo)-(?:te|lhe|vos|lhes|o|a)|"
    r"(?:enviar|reenviar|mandar|encaminhar|passar|ligar|avisar|confirmar|verificar|preparar|entregar|responder|retornar|pagar|tratar|"
    r"rever|corrigir|"
    r"atualizar|terminar)(?:ei|emos)(?:-\w+)?|farei|faremos|darei|direi|"
    r"(?:vou|vamos|irei|iremos) (?:te |lhe |vos |ja )*(?:enviar|reenviar|mandar|encaminhar|passar|ligar|avisar|confirmar|verificar|"
    r"preparar|entregar|responder|retornar|"
    r"pagar|tratar|rever|corrigir|ver|fazer|perguntar|atualizar|terminar|finalizar)(?:-\w+)?|"
    r"(?:entro|entrarei|entraremos) em conta[c]?to|dou (?:noticias|retorno|um retorno)|fico de (?:enviar|mandar|ligar|ver)|"
    r"trato (?:disso|do|da)|cuido (?:disso|do|da))\b"
)
PORTUGUESE = Language(
    (
        " que ",
        " não ",
        " nao ",
        " os ",
        " com ",
        " vou ",
        " lhe",
        " amanh",
        " da ",
        " em ",
        "ei o ",
        "ei a ",
        "-te ",
        "-lhe ",
        " te ",
        " anexo",
        " até ",
    ),
    (
        "te ",
        "lhe",
        "vos ",
        "-te",
        "-o",
        "-a",
        "ei",
        "emos",
        "vou ",
        "vamos ",
        "irei",
        "iremos",
        "entro",
        "entrar",
        "dou ",
        "fico ",
        "trato ",
        "cuido ",
    ),
    rf"\b(?P<what>{_PT_DO})|\b(?P<what2>(?:recebera|recebe|tera|receberas)\b.{{0,70}}?\b(?:amanha|segunda|terca|quarta|quinta|sexta|"
    rf"sabado|domingo|ate)\b)",
    r"\b(?:em anexo|segue|seguem|aqui (?:vai|vao|esta)|como prometido|ja (?:enviei|mandei|paguei|fiz))\b",
)
