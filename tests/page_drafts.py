"""Drafts that try to act on the page that shows them, for tests/page.py and tests/browser.py. Each would set the title of the page to "owned", or ask the server at
origin for something."""
import base64


def html(origin):
    own = "parent.document.title='owned';top.document.title='owned';document.title='owned'"
    return f"""<html><head><title>t</title><base href="{origin}/base/"><meta http-equiv="refresh" content="0;url={origin}/refresh">
<META HTTP-EQUIV=x-dns-prefetch-control content=on><link rel=stylesheet href="{origin}/sheet.css"><LINK rel=preconnect href="{origin}"><link
rel=prefetch href="{origin}/prefetch"><style>@import url({origin}/import.css); body {{ background: url({origin}/ground.png) }}
@font-face {{ font-family: f; src: url({origin}/font.woff) }} p {{ font-family: f; cursor: url({origin}/cursor.png), auto }} p::after {{ content: url({origin}/after.png) }}</style></head>
<body onload="{own}" background="{origin}/body.png"><script>{own}</script><SCRIPT src="{origin}/script.js"></SCRIPT>
<p>It's "quoted" &amp; &lt;escaped&gt; &quot;</p></iframe><script>{own}</script>
"><img src=x onerror="{own}"> '><img src=x onerror="{own}"><img src="{origin}/pixel.gif" onerror="{own}" onload="{own}">
<img srcset="{origin}/set.png 1x, {origin}/set2.png 2x"><picture><source srcset="{origin}/source.png"><img alt=""></picture>
]]>--></title></template></noscript></textarea></script></style></details></article></main></body></html><script>{own}</script>
<a href="javascript:{own}" autofocus onfocus="{own}">click</a> <a target=_top href="{origin}/top">top</a> <a target=_self href="{origin}/self">self</a> <a href="{origin}/a" ping="{origin}/ping">ping</a>
<form action="{origin}/form" target=_top><input name=q value=secret autofocus onfocus="{own}"><button formaction="{origin}/button">send</button></form>
<svg onload="{own}"><use href="{origin}/use.svg#x"/><image href="{origin}/image.svg"/><script>{own}</script><animate onbegin="{own}" attributeName=x dur=1s /></svg>
<math><mtext><style><img src=x onerror="{own}"></style></mtext></math><noscript><p title="</noscript><img src=x onerror={own}>"></noscript>
<iframe srcdoc="<script>{own}</script>" src="{origin}/frame"></iframe><object data="{origin}/object"></object><embed src="{origin}/embed"><frameset><frame src="{origin}/frame2"></frameset>
<video src="{origin}/video" poster="{origin}/poster.png" autoplay onerror="{own}"></video><audio src="{origin}/audio" autoplay></audio><track src="{origin}/track">
<table background="{origin}/table.png"><tr><td style="background-image: image-set(url({origin}/cell.png) 1x)">x</td></tr></table>
<details open ontoggle="{own}"><summary>x</summary></details><marquee onstart="{own}">x</marquee><div style="behavior:url({origin}/htc)">x</div>&lt;script&gt;{own}&lt;/script&gt;<template><script>{own}</script></template>
<a target=_top href="{origin}/overlay" style="position: fixed; inset: 0; z-index: 2147483647; display: block">over all</a></body></html>
"""


# A red dot.
GIF = bytes.fromhex("47494638396101000100800000ff0000ffffff2c00000000010001000002024401003b").decode("latin-1")
NAME = "<img src=x onerror=document.title='owned'>\"'&amp;.eml"


def drafts(origin):
    """Name to bytes of a message."""
    head = (
        "From: \"</title><script>document.title='owned'</script>\" <a@example.com>\r\nTo: b@example.com\r\n"
        "Subject: </h1></title><script>document.title='owned'</script>\"'><img src=x onerror=\"document.title='owned'\"> URGENT!!! FREE!!!\r\n"
        f"Date: Tue, 24 Nov 2026 00:00:00 +0000\r\nMessage-ID: <x\"onmouseover=\"1@example.com>\r\nList-Unsubscribe: <javascript:alert(1)>, <{origin}/u\"onclick=\"x>\r\nMIME-Version: 1.0\r\n"
    )
    body = html(origin)
    coded = base64.encodebytes(body.encode()).decode().replace("\n", "\r\n")
    controls = "\x1b]0;owned\x07 \u202etxt.exe\u2066 \u200bzero \ufeff \x00 \x85 <b>"
    return {
        NAME: (head + "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + coded).encode(),
        "plain.eml": (head + "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body + controls).encode(),
        "utf7.eml": (head + "Content-Type: text/html; charset=utf-7\r\n\r\n+ADw-script+AD4-document.title='owned'+ADw-/script+AD4-<p>x</p>\r\n").encode(),
        "broken.eml": (head + "Content-Type: text/html; charset=utf-8\r\n\r\n<p>\xff\xfe").encode("latin-1") + b"\xc0\xbcscript\xc0\xbe\xf0\x9f<img src=\"" + origin.encode() + b"/latin.png\">\r\n",
        "text.eml": (head + "Content-Type: text/plain; charset=utf-8\r\n\r\n</pre></details><script>document.title='owned'</script>\r\n" + controls + f"\r\n{origin}/text \"><img src=x onerror=document.title='owned'>\r\n").encode(),
        "related.eml": (
            head + "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            + "<p>Pictures: <img src='cid:gif%40x' alt=gif> <img src=\"cid:svg@x\" alt=svg> <img src=cid:html@x alt=html> cid:gif@x</p>\r\n"
            + "".join(f"--b\r\nContent-Type: {kind}\r\nContent-ID: <{name}@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64.b64encode(data.encode('latin-1')).decode()}\r\n" for name, kind, data in (
                ("gif", "image/svg+xml", GIF), ("svg", "image/svg+xml", f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{origin}/inner.png'/></svg>"), ("html", "image/gif", f"<script src='{origin}/inner.js'></script>")))
            + "--b--\r\n"
        ).encode(),
        "page.html": body.encode(),
    }
