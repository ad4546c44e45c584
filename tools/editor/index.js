// What the SQL page uses of CodeMirror: one function that puts an editor in place
// of a textarea.
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, placeholder, drawSelection } from '@codemirror/view';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';

// The colours are the style sheet's.
const style = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], class: 'sql-keyword' },
  { tag: [tags.string, tags.special(tags.string)], class: 'sql-string' },
  { tag: [tags.number, tags.bool, tags.null], class: 'sql-number' },
  { tag: [tags.lineComment, tags.blockComment], class: 'sql-comment' },
]);

// replace puts an editor in place of area, whose value follows it. views are
// {name, text, columns: [{name, type, text}]}; values(column, begun) promises texts;
// run is called for Ctrl-Enter. nonce is what the page's policy allows styles by.
export function replace(area, { label, hint, nonce, views, values, run }) {
  const schema = {};
  for (const v of views) {
    schema[v.name] = v.columns.map((c) => ({ label: c.name, type: 'property', detail: c.type, info: c.text }));
  }
  const valueSource = async (context) => {
    const m = context.matchBefore(/[A-Za-z_]\w*"?\s*(?:=|<>|!=|i?like|in\s*\((?:\s*'[^']*'\s*,)*)\s*'[^']*/i);
    if (!m) { return null; }
    const column = m.text.match(/^\w+/)[0];
    const begun = m.text.slice(m.text.lastIndexOf("'") + 1);
    const list = await values(column, begun);
    return { from: context.pos - begun.length, options: list.map((s) => ({ label: s, apply: s.replace(/'/g, "''") })), validFor: /^[^']*$/ };
  };
  const language = sql({ dialect: PostgreSQL, schema, defaultTable: 'usage', upperCaseKeywords: true });
  const view = new EditorView({
    state: EditorState.create({
      doc: area.value,
      extensions: [
        EditorView.cspNonce.of(nonce), history(), drawSelection(), bracketMatching(), closeBrackets(), EditorView.lineWrapping, placeholder(hint),
        autocompletion(), language, language.language.data.of({ autocomplete: valueSource }), syntaxHighlighting(style),
        keymap.of([{ key: 'Mod-Enter', run: () => { run(); return true; } }, { key: 'Tab', run: acceptCompletion }, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
        EditorView.contentAttributes.of({ 'aria-label': label, id: 'editor' }),
        EditorView.updateListener.of((u) => { if (u.docChanged) { area.value = u.state.doc.toString(); } }),
      ],
    }),
  });
  area.hidden = true;
  area.parentNode.insertBefore(view.dom, area);
  return {
    focus: () => view.focus(),
    set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
  };
}
