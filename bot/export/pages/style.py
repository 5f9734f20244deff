"""How the pages look: on a phone and on a desk, in the light and in the dark, and on paper."""

STYLE = """
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--text:#1b1f24;--quiet:#5d6672;--line:#dfe3e8;
--accent:#0b62b0;--mine:#d7ebff;--theirs:#fff;--note:#fff6dc;--note-line:#ecd28a}
@media(prefers-color-scheme:dark){:root{--page:#14171b;--card:#1d2126;--text:#e7eaee;--quiet:#9aa4b1;
--line:#323840;--accent:#7dbcff;--mine:#17466f;--theirs:#272c33;--note:#332c17;--note-line:#6c5a22}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);overflow-wrap:anywhere;
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem}
header,main,footer{max-width:52rem;margin:0 auto;padding:0 1rem}
header{padding-top:1rem}header nav{font-size:.9rem}
main{padding-bottom:2rem}
footer{color:var(--quiet);font-size:.85rem;padding-bottom:2rem}
h1{font-size:1.6rem;line-height:1.25;margin:.6rem 0 .4rem}
h2{font-size:1.2rem;margin:2rem 0 .6rem}h3{font-size:1rem;margin:1.2rem 0 .4rem}
.lead{color:var(--quiet);margin:.2rem 0 1.2rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem;margin:0 0 1rem}
.card>:first-child{margin-top:0}.card>:last-child{margin-bottom:0}
.note{background:var(--note);border-color:var(--note-line)}
dl{margin:0;display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.35rem 1rem}
dt{color:var(--quiet)}dd{margin:0}
table{width:100%;border-collapse:collapse;background:var(--card);border:1px solid var(--line);border-radius:12px;
overflow:hidden;border-spacing:0}
caption{text-align:left;color:var(--quiet);padding:.2rem 0 .5rem}
th,td{text-align:start;vertical-align:top;padding:.55rem .8rem;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--quiet);font-weight:600;font-size:.85rem}
tbody th{font-weight:600}
td.n,th.n{text-align:end;white-space:nowrap}
table.stack td,table.stack thead th{min-width:6.5rem}table.stack td:nth-child(2){min-width:11rem}
.quiet{color:var(--quiet);font-size:.85rem;font-weight:400}
code{font-family:ui-monospace,"Noto Sans Mono",monospace;font-size:.9em}
pre{white-space:pre-wrap;font:.85rem/1.45 ui-monospace,"Noto Sans Mono",monospace;background:var(--page);
padding:.7rem;border-radius:8px;margin:.5rem 0 0}
details{margin:.3rem 0}summary{cursor:pointer;color:var(--quiet);font-size:.9rem}
.pages{display:flex;gap:.6rem;justify-content:space-between;align-items:center;flex-wrap:wrap;margin:1rem 0}
.pages a{background:var(--card);border:1px solid var(--line);border-radius:999px;padding:.35rem .9rem;
text-decoration:none}
.day{position:sticky;top:0;z-index:1;text-align:center;margin:1.6rem 0 .6rem;font-size:.9rem}
.day span{background:var(--line);border-radius:999px;padding:.2rem .8rem;display:inline-block}
.with{color:var(--quiet);font-size:.9rem;margin:1rem 0 .3rem;font-weight:600}
ol.chat{list-style:none;margin:0;padding:0;display:flex;flex-direction:column;gap:.3rem}
ol.chat li{max-width:85%;border:1px solid var(--line);border-radius:14px;padding:.4rem .8rem;
background:var(--theirs);align-self:flex-start;border-bottom-left-radius:4px}
ol.chat li.mine{background:var(--mine);border-color:transparent;align-self:flex-end;
border-radius:14px;border-bottom-right-radius:4px}
ol.chat p{margin:0;white-space:pre-wrap;unicode-bidi:plaintext}
ol.chat time{display:block;text-align:end;color:var(--quiet);font-size:.75rem;margin-top:.1rem}
ol.chat li.event{background:none;border:0;padding:.1rem .4rem;font-size:.85rem;color:var(--quiet)}
ol.chat li.event time{display:inline;margin:0 0 0 .5rem}ol.chat li.event p{display:inline}
img{max-width:100%;height:auto}
.photo{display:block;max-height:20rem;border-radius:10px;margin:.2rem 0}
.thumb{width:4.5rem;height:4.5rem;object-fit:cover;border-radius:8px;display:block}
.avatar{width:7rem;height:7rem;object-fit:cover;border-radius:50%;display:block;margin:0 0 1rem}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media(max-width:34rem){
table.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.stack,table.stack tbody,table.stack tr,table.stack th,table.stack td{display:block;text-align:start}
table.stack tr{border-top:1px solid var(--line);padding:.5rem 0}table.stack tbody tr:first-child{border-top:0}
table.stack th,table.stack td{border:0;padding:.12rem .9rem}
table.stack td[data-label]::before{content:attr(data-label) ": ";color:var(--quiet);font-size:.85rem}
table.stack td:empty{display:none}table.stack td,table.stack td:nth-child(2){min-width:0}
dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}
}
@media print{body{background:none}.day{position:static}.pages,.skip{display:none}}
""".strip()
