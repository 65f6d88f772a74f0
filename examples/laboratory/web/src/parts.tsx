// What the experiences are made of.

import { useCallback, useState, type ReactNode } from 'react';
import { Problem } from './api';

export interface Action<A extends unknown[]> { run: (...args: A) => Promise<void>; busy: boolean; problem: Problem | undefined }

/** Something that takes a while and may fail: while it runs it is busy, afterwards its problem is shown. */
export function useAction<A extends unknown[]>(work: (...args: A) => Promise<void>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = useCallback(async (...args: A) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work(...args);
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem(String(error), 0));
    } finally {
      setBusy(false);
    }
  }, [work]);
  return { run, busy, problem };
}

export function ProblemNote({ problem }: { problem: Problem | undefined }) {
  if (!problem) return null;
  return (
    <p className="problem" role="alert">
      {problem.code ? <strong>Error {problem.code}. </strong> : null}
      {problem.message}{' '}
      {problem.moreInfo ? <a href={problem.moreInfo} target="_blank" rel="noreferrer">What it means</a> : null}
    </p>
  );
}

export function Experience({ id, title, lead, children }: { id: string; title: string; lead: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="experience">
      <h2 id={id}>{title}</h2>
      <p className="lead">{lead}</p>
      {children}
    </section>
  );
}

export function Step({ number, title, why, done, children }: { number: number; title: string; why: string; done?: ReactNode; children: ReactNode }) {
  return (
    <li className={done ? 'step done' : 'step'}>
      <h3><span className="number" aria-hidden="true">{number}</span>{title}</h3>
      <p>{why}</p>
      <div className="row">{children}</div>
      {done ? <p className="result" role="status">{done}</p> : null}
    </li>
  );
}
