addEventListener('fetch', (event) => event.respondWith(answer(event.request)));

async function answer(request) {
  const form = new URLSearchParams(await request.text());
  const text = `You said: ${form.get('Body')}`.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return new Response(`<?xml version="1.0" encoding="UTF-8"?><Response><Message>${text}</Message></Response>`, { headers: { 'Content-Type': 'text/xml' } });
}
