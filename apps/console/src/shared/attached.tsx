// A file that came with a message, as a browser can show it: seen, heard, or to be opened.

import { IconFile } from '@tabler/icons-react';
import classes from './attached.module.css';
import { formatBytes } from './format';

export function Attached({ type, url, size }: { type: string; url: string; size?: number }) {
  if (type.startsWith('image/')) return <a href={url} target="_blank" rel="noreferrer"><img src={url} alt={`Attached ${type}`} className={classes['picture']} /></a>;
  if (type.startsWith('audio/')) return <audio controls src={url} className={classes['player']} aria-label={`Attached ${type}`} />;
  if (type.startsWith('video/')) return <video controls src={url} className={classes['picture']} aria-label={`Attached ${type}`} />;
  return <a href={url} target="_blank" rel="noreferrer" className={classes['file']}><IconFile size={16} />{type}{size === undefined ? '' : `, ${formatBytes(size)}`}</a>;
}
