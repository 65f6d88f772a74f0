import { createTheme, type MantineColorsTuple } from '@mantine/core';

// A quiet green-blue, from paper to deep water; checked for contrast on both schemes.
const dial: MantineColorsTuple = ['#eefaf7', '#d9f1ec', '#b0e3d9', '#83d4c4', '#5ec7b3', '#3fb8a2', '#1d9a86', '#0d7a6f', '#0a6a61', '#06534c'];
const ink: MantineColorsTuple = ['#c9ced6', '#b4bac5', '#99a1af', '#6f7888', '#3a414d', '#2c323d', '#232830', '#1a1e25', '#14171d', '#0f1116'];
// Darker than Mantine's, so that white text on it can be read.
const red: MantineColorsTuple = ['#fff5f5', '#ffe3e3', '#ffc9c9', '#ffa8a8', '#ff8787', '#fa5252', '#e03131', '#c92a2a', '#b02525', '#8f1d1d'];

export const theme = createTheme({
  primaryColor: 'dial',
  primaryShade: 7,
  colors: { dial, red, dark: ink },
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", "Liberation Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '620', sizes: { h1: { fontSize: '1.55rem', lineHeight: '1.25' }, h2: { fontSize: '1.1rem' }, h3: { fontSize: '0.95rem' } } },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
});
