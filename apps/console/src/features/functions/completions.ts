// What a function finds around itself, for the editor.

import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';

const members: Record<string, Completion[]> = {
  context: [
    { label: 'getTwilioClient()', type: 'function', detail: 'a client of this account' },
    { label: 'DOMAIN_NAME', type: 'property' }, { label: 'PATH', type: 'property' }, { label: 'ACCOUNT_SID', type: 'property' }, { label: 'AUTH_TOKEN', type: 'property' },
    { label: 'SERVICE_SID', type: 'property' }, { label: 'ENVIRONMENT_SID', type: 'property' },
  ],
  event: ['Body', 'From', 'To', 'MessageSid', 'NumMedia', 'MediaUrl0', 'CallSid', 'Digits', 'SpeechResult', 'request', 'request.headers', 'request.cookies'].map((label) => ({ label, type: 'property' })),
  Twilio: [
    { label: 'Response()', type: 'class', detail: 'status, headers and body by hand' }, { label: 'twiml.MessagingResponse()', type: 'class' }, { label: 'twiml.VoiceResponse()', type: 'class' },
    { label: 'jwt.AccessToken', type: 'class' },
  ],
  Runtime: [
    { label: 'getFunctions()', type: 'function', detail: 'all functions, private ones too' }, { label: 'getAssets()', type: 'function', detail: 'private assets' },
    { label: 'getSync()', type: 'function' },
  ],
};

const globals: Completion[] = [
  { label: 'exports.handler = function (context, event, callback) {\n  callback(null, "");\n};', displayLabel: 'exports.handler', type: 'keyword', detail: 'begins a function' },
  ...['context', 'event', 'callback', 'Twilio', 'Runtime', 'require', 'console.log()', 'process.env'].map((label) => ({ label, type: 'variable' })),
];

export function twilioCompletions(context: CompletionContext): CompletionResult | null {
  const member = context.matchBefore(/\b(context|event|Twilio|Runtime)\.[\w.]*$/);
  if (member) {
    const dot = member.text.indexOf('.');
    return { from: member.from + dot + 1, options: members[member.text.slice(0, dot)] ?? [], validFor: /^[\w.]*$/ };
  }
  const word = context.matchBefore(/[\w.]+$/);
  if (!word && !context.explicit) return null;
  // Asked again after a dot: then it is about members.
  return { from: word?.from ?? context.pos, options: globals, validFor: /^\w*$/ };
}
