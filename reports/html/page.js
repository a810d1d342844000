'use strict';
// Routes by hash, unpacks a target's page when it is opened, filters, copies, and switches between light and dark.
// What is in the page was rendered and escaped by finwait; nothing here makes HTML of data.
(() => {
  const root = document.documentElement;
  const find = (selector, from = document) => from.querySelector(selector);
  const findAll = (selector, from = document) => [...from.querySelectorAll(selector)];
  root.classList.add('scripted');

  // Theme: that of the system until the button is used.
  const themeKey = 'finwait-theme';
  const recall = () => { try { return localStorage.getItem(themeKey); } catch { return null; } };
  const remember = (theme) => { try { localStorage.setItem(themeKey, theme); } catch { /* the choice lasts as long as the page */ } };
  const systemDark = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : systemDark.matches;
  if (['light', 'dark'].includes(recall())) root.dataset.theme = recall();

  function themes() {
    const button = find('#theme');
    const name = () => { button.textContent = isDark() ? 'Light' : 'Dark'; button.setAttribute('aria-label', `Use ${isDark() ? 'light' : 'dark'} colours`); };
    button.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; remember(root.dataset.theme); name(); });
    systemDark.addEventListener('change', name);
    name();
  }

  const say = (text) => { find('#said').textContent = text; };

  // Copying: the clipboard where the browser has one for this page, else a selection.
  async function copy(button) {
    const code = find('code', button.parentElement);
    const text = code.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      getSelection().selectAllChildren(code);
      document.execCommand('copy');
      getSelection().removeAllRanges();
    }
    button.textContent = 'Copied';
    say('The command is on the clipboard.');
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  }

  // Packed pages.
  const unpacked = new Map();
  async function unpack(script) {
    const bytes = Uint8Array.from(atob(script.textContent.trim()), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    const template = document.createElement('template');
    template.innerHTML = await new Response(stream).text();
    return template.content;
  }
  function page(name) {
    if (!unpacked.has(name)) {
      const script = findAll('script[data-target]').find((s) => s.dataset.target === name);
      unpacked.set(name, script ? unpack(script) : null);
    }
    return unpacked.get(name);
  }

  // view is a copy of one part of a target's page, its timelines put in where they belong.
  function view(content, check) {
    const section = findAll('section[data-view]', content).find((s) => s.dataset.view === check);
    if (!section) return null;
    const copy = section.cloneNode(true);
    for (const place of findAll('[data-use]', copy)) {
      place.append(find(`template[data-figure="${place.dataset.use}"]`, content).content.cloneNode(true));
    }
    return copy;
  }

  // Routes: "#/" with a filter, "#/target", "#/target/check?scenario=name". Any other hash is a place in the first screen.
  function parse(hash) {
    if (!hash.startsWith('#/')) return { home: true, anchor: decode(hash.slice(1)), query: new URLSearchParams() };
    const [path, query] = hash.slice(2).split(/\?(.*)/s);
    const route = { path: decode(path), query: new URLSearchParams(query || '') };
    if (!route.path) return { ...route, home: true };
    const known = findAll('script[data-target]').map((s) => s.dataset.target)
      .filter((t) => route.path === t || route.path.startsWith(t + '/')).sort((a, b) => b.length - a.length);
    if (known.length === 0) return { ...route, unknown: true };
    return { ...route, target: known[0], check: route.path.slice(known[0].length + 1) };
  }
  function decode(text) { try { return decodeURIComponent(text); } catch { return text; } }

  const title = document.title;
  let shown = '';         // target and check of the detail that is on the screen
  let homeHash = '#/';    // the matrix as it was last seen, with its filter
  let homeScroll = null;  // and where it was scrolled to
  let turn = 0;           // only the last of several routes that were asked for is shown

  async function route() {
    await open();
    root.dataset.at = location.hash; // what is on the screen now
  }
  async function open() {
    const mine = ++turn;
    const to = parse(location.hash);
    if (to.home) { showHome(to); return; }
    leaveHome();
    const key = `${to.target}\n${to.check}`;
    if (to.unknown || key !== shown) {
      let section = null;
      try {
        section = to.unknown ? null : view(await page(to.target) || document.createDocumentFragment(), to.check);
      } catch (error) {
        section = message('This page could not be unpacked', `${error}. It needs a browser with DecompressionStream: Chrome 80, Firefox 113, Safari 16.4 or newer.`);
      }
      if (mine !== turn) return;
      shown = section ? key : '';
      section ||= message('There is no such page in this report', `Nothing here is called “${to.path}”.`);
      find('#detail').replaceChildren(section);
      scrollTo(0, 0);
      find('h1', section).focus({ preventScroll: true });
    }
    document.title = `${to.check || to.target || 'not found'}${to.check ? ' on ' + to.target : ''} · finwait`;
    for (const back of findAll('#detail [data-back]')) back.href = homeHash;
    choose(to);
  }

  // choose shows the scenario that the link names, or the worst; and the line of the configuration that it names.
  function choose(to) {
    const scenes = findAll('#detail .scene');
    const named = to.query.get('scenario');
    const chosen = scenes.find((s) => named === null ? 'worst' in s.dataset : s.dataset.scenario === named);
    if (scenes.length > 0 && !chosen) {
      shown = '';
      find('#detail').replaceChildren(message('There is no such page in this report', `${to.check} on ${to.target} has no scenario “${named}”.`));
      return;
    }
    for (const scene of scenes) scene.hidden = scene !== chosen;
    for (const row of findAll('#detail tr[data-row]')) {
      const on = row.dataset.row === chosen?.dataset.scenario;
      row.classList.toggle('chosen', on);
      const link = find('a', row);
      if (on) link.setAttribute('aria-current', 'true'); else link.removeAttribute('aria-current');
    }
    const line = find(`#detail #L${CSS.escape(to.query.get('line') || '')}`);
    for (const row of findAll('#detail .config .chosen')) row.classList.remove('chosen');
    if (line) { line.classList.add('chosen'); line.scrollIntoView({ block: 'center' }); }
    if (named !== null && scenes.length > 1) {
      const heading = find('h2', chosen);
      heading.focus({ preventScroll: true });
      if (heading.getBoundingClientRect().top > innerHeight * .6) heading.scrollIntoView();
    }
  }

  function message(heading, text) {
    const section = document.createElement('section');
    const h1 = document.createElement('h1');
    h1.textContent = heading;
    h1.tabIndex = -1;
    const p = document.createElement('p');
    p.textContent = text;
    const back = document.createElement('a');
    back.textContent = 'Back to the matrix';
    back.dataset.back = '';
    back.href = homeHash;
    section.append(h1, p, back);
    return section;
  }

  function leaveHome() {
    if (find('#home').hidden) return;
    homeScroll = { y: scrollY, active: document.activeElement };
    find('#home').hidden = true;
    find('#detail').hidden = false;
  }

  function showHome(to) {
    const returned = find('#home').hidden;
    find('#home').hidden = false;
    find('#detail').hidden = true;
    find('#detail').replaceChildren();
    shown = '';
    document.title = title;
    if (to.path === '') { readFilter(to.query); homeHash = location.hash || '#/'; }
    const anchor = to.anchor && document.getElementById(to.anchor);
    if (anchor) {
      anchor.scrollIntoView();
      anchor.focus({ preventScroll: true });
    } else if (to.anchor) {
      leaveHome();
      find('#detail').replaceChildren(message('There is no such page in this report', `Nothing here is called “${to.anchor}”.`));
    } else if (returned && homeScroll) {
      scrollTo(0, homeScroll.y);
      homeScroll.active?.focus({ preventScroll: true });
    }
  }

  // Filters: rows by proxy, verdict and text, columns by area. The control stays: it is what all others stand beside.
  const form = () => find('#filter');
  const fields = ['proxy', 'area', 'verdict', 'q'];
  function readFilter(query) {
    for (const name of fields) form().elements[name].value = query.get(name) || '';
    applyFilter();
  }
  function writeFilter() {
    const query = new URLSearchParams();
    for (const name of fields) if (form().elements[name].value) query.set(name, form().elements[name].value);
    const hash = '#/' + (query.size ? '?' + query : '');
    history.replaceState(null, '', hash);
    homeHash = hash;
    applyFilter();
  }
  function applyFilter() {
    const [proxy, area, verdict, text] = fields.map((name) => form().elements[name].value);
    const map = find('#map');
    const columns = findAll('thead .check', map).map((th) => !area || th.dataset.check.split('/')[0] === area);
    for (const th of findAll('thead .area', map)) th.hidden = Boolean(area) && th.dataset.area !== area;
    findAll('thead .check', map).forEach((th, i) => { th.hidden = !columns[i]; });
    map.classList.toggle('dim', Boolean(verdict));
    const visible = new Set();
    const rows = findAll('tr[data-target]', map);
    for (const row of rows) {
      let hits = 0;
      findAll('td', row).forEach((cell, i) => {
        cell.hidden = !columns[i];
        const hit = columns[i] && cell.classList.contains(verdict);
        cell.classList.toggle('hit', hit);
        if (hit) hits++;
      });
      const named = row.dataset.target.toLowerCase().includes(text.trim().toLowerCase());
      if (!row.dataset.proxy || ((!proxy || row.dataset.proxy === proxy) && named && (!verdict || hits > 0))) visible.add(row.dataset.target);
    }
    for (const row of findAll('#home tr[data-target]')) row.hidden = !visible.has(row.dataset.target);
    for (const group of findAll('#home tbody:has(> .group)')) {
      group.hidden = !findAll('tr[data-target]', group).some((row) => !row.hidden);
      find('.group th', group).colSpan = group.closest('#map') ? columns.filter(Boolean).length + 1 : find('thead tr', group.parentElement).cells.length;
    }
    const targets = rows.filter((row) => row.dataset.proxy);
    const text2 = proxy || area || verdict || text ? `${targets.filter((row) => !row.hidden).length} of ${targets.length} targets` : '';
    find('#shown').textContent = text2;
    rove();
  }

  // The matrix is one stop of the Tab key; arrow keys move within it.
  function rove(to) {
    const links = findAll('#map tbody a');
    const inSight = (a) => !a.closest('[hidden]');
    const stop = to || links.find((a) => a.tabIndex === 0 && a.dataset.stop && inSight(a)) || links.find(inSight);
    for (const a of links) { a.tabIndex = a === stop ? 0 : -1; delete a.dataset.stop; }
    if (stop) stop.dataset.stop = 'here';
  }
  function move(event) {
    const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
    const from = event.target.closest('th, td');
    if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = findAll('#map tr[data-target]').filter((row) => !row.closest('[hidden]'));
    const cells = (row) => [...row.cells].filter((cell) => !cell.hidden);
    const y = rows.indexOf(from.parentElement);
    const x = y < 0 ? -1 : cells(rows[y]).indexOf(from);
    let next = null;
    if (steps[event.key]) {
      const [dy, dx] = steps[event.key];
      for (let i = y + dy, j = x + dx; rows[i] && cells(rows[i])[j] && !next; i += dy, j += dx) next = find('a', cells(rows[i])[j]);
    } else if (event.key === 'Home' || event.key === 'End') {
      const all = cells(rows[y]).map((cell) => find('a', cell)).filter(Boolean);
      next = event.key === 'Home' ? all[0] : all.at(-1);
    } else return;
    event.preventDefault();
    if (!next) return;
    rove(next);
    next.focus();
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  // A cell tells its target, check and verdict when it is pointed at.
  function tip(event) {
    const cell = event.target.closest('#map td');
    if (!cell || cell.title || !cell.parentElement.dataset.target) return;
    const check = findAll('#map .check')[cell.cellIndex - 1];
    cell.title = `${cell.parentElement.dataset.target}\n${check.dataset.check}\n${find('.vh', cell).textContent}`;
  }

  document.addEventListener('DOMContentLoaded', () => {
    themes();
    rove();
    history.scrollRestoration = 'manual';
    addEventListener('hashchange', route);
    document.addEventListener('click', (event) => { if (event.target.matches('.copy')) copy(event.target); });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && find('#home').hidden) location.hash = homeHash;
      else if (event.target.closest?.('#map')) move(event);
    });
    find('#map').addEventListener('pointerover', tip);
    find('#map').addEventListener('focusin', (event) => { if (event.target.matches('tbody a')) rove(event.target); });
    form().addEventListener('input', writeFilter);
    form().addEventListener('submit', (event) => event.preventDefault());
    form().addEventListener('reset', () => setTimeout(writeFilter));
    addEventListener('beforeprint', () => { for (const d of findAll('details')) d.open = true; });
    route();
  });
})();
