import { createHash } from 'node:crypto'

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
h1 { font-size: 1.3rem } h2 { font-size: 1rem; margin: 2rem 0 .5rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884 }
th { font-weight: 600 } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
.bad { color: #c33 } .quiet { opacity: .7 } code { font-size: .9em }`

/** Runs in the browser. Everything from the status document goes in as text, never as markup. */
const script = `
const $ = (id) => document.getElementById(id)
const el = (tag, text, kind) => {
  const node = document.createElement(tag)
  node.textContent = text ?? ''
  if (kind) node.className = kind
  return node
}
const number = (value) => typeof value === 'number' ? value.toLocaleString('en') : ''
const sum = (counts) => Object.values(counts ?? {}).reduce((a, b) => a + b, 0)
const fill = (id, rows) => $(id).replaceChildren(...rows.map((cells) => {
  const row = document.createElement('tr')
  row.append(...cells)
  return row
}))
const mib = (bytes) => (bytes / 1048576).toFixed(1) + ' MiB'

function show(it) {
  const { service, memory, progress } = it
  $('state').textContent = service.ready ? 'ready' : 'not ready'
  $('state').className = service.ready ? '' : 'bad'
  $('about').textContent = 'version ' + service.version + ', up for ' +
    Math.round(service.uptime_seconds) + ' s, memory ' + mib(memory.reserved_bytes) + ' of ' +
    mib(memory.limit_bytes) + ' reserved, ' + progress.unsettled + ' requests under way'
  fill('pipelines', it.pipelines.map((p) => [
    el('td', p.id),
    el('td', [p.receivers, p.processors, p.exporters].filter((l) => l.length > 0)
      .map((l) => l.join(', ')).join(' → ')),
  ]))
  fill('components', it.components.map((c) => {
    const { queue, ledger, state, last_error } = c.status ?? {}
    const size = queue ? number(queue.size) + ' / ' + number(queue.capacity) + ' ' + queue.sizer : ''
    return [
      el('td', c.id), el('td', c.role), el('td', (c.listening ?? []).join(' ')), el('td', state ?? c.health),
      el('td', size, 'n'), el('td', number(ledger?.delivered), 'n'),
      el('td', ledger ? number(ledger.rejected + sum(ledger.dropped)) : '', 'n'),
      el('td', number(ledger?.held), 'n'), el('td', c.status_error ?? last_error ?? '', 'bad'),
    ]
  }))
  $('raw').textContent = JSON.stringify(it.components, null, 2)
}

async function refresh() {
  const token = sessionStorage.getItem('token')
  const headers = token ? { authorization: 'Bearer ' + token } : {}
  try {
    const answer = await fetch('/api/v1/status', { headers })
    $('login').hidden = answer.status !== 401
    if (answer.ok) show(await answer.json())
    else $('state').textContent = 'answered ' + answer.status
  } catch {
    $('state').textContent = 'does not answer'
    $('state').className = 'bad'
  }
}
$('login').addEventListener('submit', (event) => {
  event.preventDefault()
  sessionStorage.setItem('token', $('token').value)
  refresh()
})
refresh()
setInterval(refresh, 3000)`

/** The page for people: a shell that reads `/api/v1/status`. */
export const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Agent-SRE Collector</title>
<style>${style}</style>
</head>
<body>
<h1>Agent-SRE Collector <span id="state" class="quiet">…</span></h1>
<p id="about" class="quiet"></p>
<form id="login" hidden>
<label>Token <input id="token" type="password" autocomplete="off"></label> <button>Show</button>
</form>
<h2>Pipelines</h2>
<table><tbody id="pipelines"></tbody></table>
<h2>Components</h2>
<table>
<thead><tr><th>id</th><th>role</th><th>listens on</th><th>state</th><th class="n">queue</th>
<th class="n">delivered</th><th class="n">lost</th><th class="n">held</th><th>last error</th></tr></thead>
<tbody id="components"></tbody>
</table>
<details><summary>What the components say</summary><pre><code id="raw"></code></pre></details>
<p class="quiet">The same as data: <a href="/api/v1/status">status</a>, <a href="/metrics">metrics</a>,
<a href="/api/v1/commands">commands</a>.</p>
<script>${script}</script>
</body>
</html>
`

/** Nothing but what stands in the page may run, and it may ask nobody but us. */
export const pagePolicy = [
  "default-src 'none'",
  `script-src '${hashOf(script)}'`,
  `style-src '${hashOf(style)}'`,
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
