// CodeMirror, loaded when a page needs it. Uncontrolled: it begins with `initial` and tells of changes.

import { autocompletion, closeBrackets, closeBracketsKeymap, type CompletionSource, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript, javascriptLanguage } from '@codemirror/lang-javascript';
import { xml } from '@codemirror/lang-xml';
import { bracketMatching, defaultHighlightStyle, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, linter, lintGutter, lintKeymap } from '@codemirror/lint';
import { searchKeymap } from '@codemirror/search';
import { type Extension, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';

export type LintSource = (text: string) => Promise<{ line: number; error: boolean; text: string }[]>;

interface Props {
  initial: string;
  language: 'javascript' | 'xml' | 'plain';
  label: string;
  onChange: (text: string) => void;
  onSave?: () => void;
  lint?: LintSource;
  completions?: CompletionSource;
  height?: string;
}

const dark = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: '#c9a3f0' },
  { tag: [tags.string, tags.special(tags.string), tags.attributeValue], color: '#a5d6a0' },
  { tag: [tags.number, tags.bool, tags.null], color: '#f0b37e' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: '#8cc4f5' },
  { tag: [tags.tagName, tags.typeName, tags.className], color: '#7fd3c3' },
  { tag: [tags.attributeName, tags.propertyName], color: '#8cc4f5' },
  { tag: [tags.comment, tags.meta, tags.processingInstruction], color: '#98a2b0' },
]);
const light = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: '#7a3fa8' },
  { tag: [tags.string, tags.special(tags.string), tags.attributeValue], color: '#2f6b2a' },
  { tag: [tags.number, tags.bool, tags.null], color: '#9c4a0c' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: '#1c5ca8' },
  { tag: [tags.tagName, tags.typeName, tags.className], color: '#0a6a61' },
  { tag: [tags.attributeName, tags.propertyName], color: '#1c5ca8' },
  { tag: [tags.comment, tags.meta, tags.processingInstruction], color: '#5b6570' },
]);

function themeOf(isDark: boolean, height: string): Extension {
  return [
    EditorView.theme({
      '&': { height, fontSize: '13px', backgroundColor: 'var(--panel)', color: isDark ? '#d9dde3' : '#1d2329' },
      '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.6' },
      '.cm-content': { caretColor: isDark ? '#fff' : '#000', padding: '10px 0' },
      '.cm-gutters': { backgroundColor: 'transparent', border: 'none', color: 'var(--quiet)' },
      '.cm-activeLine': { backgroundColor: isDark ? '#ffffff0a' : '#0000000a' },
      '.cm-tooltip': { backgroundColor: 'var(--panel)', border: '1px solid var(--line)', borderRadius: '8px', color: 'inherit' },
      '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--mantine-color-dial-7)', color: '#fff' },
      '&.cm-focused': { outline: 'none' },
      '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { backgroundColor: isDark ? '#2f4a52 !important' : '#cfe8e3 !important' },
      '.cm-cursor': { borderLeftColor: isDark ? '#fff' : '#000' },
    }, { dark: isDark }),
    syntaxHighlighting(isDark ? dark : light),
    syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
  ];
}

function lintOf(source: LintSource): Extension {
  return [lintGutter(), linter(async (view): Promise<Diagnostic[]> => {
    const found = await source(view.state.doc.toString());
    return found.map(({ line, error, text }) => {
      const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      return { from: at.from, to: at.to, severity: error ? 'error' : 'warning', message: text };
    });
  }, { delay: 400 })];
}

export function CodeEditor({ initial, language, label, onChange, onSave, lint, completions, height = '340px' }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  const text = useRef(initial);
  const calls = useRef({ onChange, onSave, lint });
  useEffect(() => { calls.current = { onChange, onSave, lint }; });
  const linted = lint !== undefined;
  useEffect(() => {
    const parent = box.current;
    if (!parent) return undefined;
    const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
    const view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text.current,
        extensions: [
          EditorView.cspNonce.of(nonce),
          lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), EditorView.lineWrapping,
          autocompletion(),
          keymap.of([{ key: 'Mod-s', preventDefault: true, run: () => { calls.current.onSave?.(); return true; } },
            ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
          language === 'javascript' ? [javascript(), completions ? javascriptLanguage.data.of({ autocomplete: completions }) : []] : language === 'xml' ? xml() : [],
          linted ? lintOf((given) => calls.current.lint?.(given) ?? Promise.resolve([])) : [],
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-description': 'Escape, then Tab, leaves the editor' }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            text.current = update.state.doc.toString();
            calls.current.onChange(text.current);
          }),
          themeOf(scheme === 'dark', height),
        ],
      }),
    });
    return () => { view.destroy(); };
  }, [scheme, language, label, linted, completions, height]);
  return (
    <div className="code-editor">
      <div ref={box} className="code-editor-box" />
      <span className="code-editor-hint" aria-hidden>Esc, then Tab, leaves</span>
    </div>
  );
}
