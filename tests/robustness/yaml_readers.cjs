// Reads the files that standard input names with Node's YAML readers, and prints the result as JSON.
//
// Input:  {"paths": ["…"]}. Output: for each path and reader, {"value": …} or {"error": "…"}.
// In a note, only the front matter is read. A text is printed as it is; any other value is tagged with
// its type: {"number": "1.5"}, {"boolean": "true"}, {"date": "2026-11-09T00:00:00.000Z"}.
'use strict'
const { readFileSync } = require('node:fs')
const YAML = require('yaml')
const jsYaml = require('js-yaml')

const readers = {
  'yaml 1.2': (text) => YAML.parse(text, { logLevel: 'error' }),
  'yaml 1.1': (text) => YAML.parse(text, { version: '1.1', logLevel: 'error' }),
  'js-yaml': (text) => jsYaml.load(text),
}

function block(path, text) {
  if (!path.endsWith('.md')) return text
  const found = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)^---[ \t]*\r?$/m.exec(text)
  return found && found.index === 0 ? found[1] : ''
}

function tagged(value) {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.map(tagged)
  if (value instanceof Date) return { date: value.toISOString() }
  if (typeof value === 'object') return { map: Object.entries(value).map(([key, inner]) => [key, tagged(inner)]) }
  return typeof value === 'string' ? value : { [typeof value]: String(value) }
}

const answers = {}
for (const path of JSON.parse(readFileSync(0, 'utf8')).paths) {
  const text = block(path, readFileSync(path, 'utf8'))
  answers[path] = {}
  for (const [name, read] of Object.entries(readers)) {
    try {
      answers[path][name] = { value: tagged(text.trim() ? read(text) : null) }
    } catch (error) {
      answers[path][name] = { error: String(error.message) }
    }
  }
}
process.stdout.write(JSON.stringify(answers))
