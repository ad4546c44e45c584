// Makes of a report's charts, which are SVG, charts that answer the pointer.
// The options come from the page's data blocks, which hold no code, and so do
// the words; what depends on the device (colours, text, size) is added here.
// Without this script the page has every chart and every number.
(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('js');

  var dark = window.matchMedia('(prefers-color-scheme: dark)');
  var words = JSON.parse(document.getElementById('words').textContent);
  var lang = root.lang === 'en' ? 'en-GB' : root.lang;
  var charts = []; // {el, svg, canvas, data, chart}

  function css(name) {
    return getComputedStyle(root).getPropertyValue(name).trim();
  }

  // say returns a word of the page, with its {parts} filled in.
  function say(word, parts) {
    return (words[word] || word).replace(/\{(\w+)\}/g, function (_, part) { return parts[part]; });
  }

  function day(iso) {
    return new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'short', year: 'numeric', weekday: 'short', timeZone: 'UTC' }).format(new Date(iso + 'T00:00:00Z'));
  }

  function number(v, least, most) {
    return new Intl.NumberFormat(lang, { minimumFractionDigits: least, maximumFractionDigits: most }).format(v).replace('-', '\u2212');
  }

  // short is reports.short: an axis has the numbers of the SVG.
  function short(v) {
    var units = [[1e18, 'E'], [1e15, 'P'], [1e12, 'T'], [1e9, 'B'], [1e6, 'M'], [1e3, 'k'], [0, '']];
    var a = Math.abs(v);
    var u = units.filter(function (u) { return a >= u[0]; })[0];
    a = u[0] ? a / u[0] : a;
    var digits = a >= 100 ? 0 : a >= 10 ? 1 : a >= 1 ? 2 : a >= 0.001 ? 3 : 4;
    var s = String(+a.toFixed(digits));
    return s === '0' ? s : (v < 0 ? '\u2212' : '') + s + u[1];
  }

  // whole sets values and their names together again, which chart.compact parted.
  function whole(data) {
    data.option.series.forEach(function (s) {
      s.data = s.data.map(function (v, i) {
        return typeof v === 'object' ? v : s.names ? { value: v, name: s.names[s.states[i]] } : { value: v };
      });
      delete s.names;
      delete s.states;
    });
    return data;
  }

  function series(option, id) {
    return option.series.filter(function (s) { return s.id === id; })[0];
  }

  // item returns what a series has at i: a number is {value: number}, and a
  // zero may have no value at all.
  function item(option, id, i) {
    var s = series(option, id);
    return s && s.data && s.data[i] || null;
  }

  // value returns the number of a series at a day, or null where it has none.
  function value(option, id, i) {
    var d = item(option, id, i);
    var v = d && (d.value === undefined ? 0 : d.value);
    return typeof v === 'number' ? v : null;
  }

  // plain keeps a name from being read as rich text.
  function plain(s) { return String(s).replace(/[{}|]/g, ' '); }

  function axis(option) { return option.xAxis[0].data || []; }

  // signs says what is to be said of a day's state, which may be two things ("above, incomplete").
  function signs(state) {
    return state === 'day' ? [] : state.split(', ').map(function (s) { return say(s); });
  }

  // Each kind of chart says what there is at i in lines of text.
  var tips = {
    days: function (data, i, money) {
      var o = data.option;
      var v = value(o, 'actual', i);
      var state = item(o, 'actual', i).name;
      var lines = [day(axis(o)[i]), v === null ? say('no data') : data.currency + ' ' + money(v)];
      if (v !== null && state !== 'before') { lines = lines.concat(signs(state)); }
      var low = value(o, 'low', i);
      if (low !== null) {
        lines.push(say('expected', { amount: money(value(o, 'expected', i)) }));
        lines.push(say('usual', { low: money(low), high: money(low + value(o, 'band', i)) }));
      }
      var prior = value(o, 'prior', i);
      if (prior !== null) { lines.push(say('prior', { amount: money(prior) })); }
      return lines;
    },
    steps: function (data, i, money) {
      var r = data.rows[i];
      var lines = [plain(r.label), data.currency + ' ' + r.text];
      if (r.kind !== 'total') {
        var v = item(data.option, 'actual', i).value;
        lines.push(say('step', { from: money(v[1]), to: money(v[2]) }));
      }
      return lines;
    },
    heat: function (data, i, money) {
      var d = item(data.option, 'actual', i);
      var lines = [day(axis(data.option)[i])];
      if (typeof d.value[1] === 'number') { lines.push(data.currency + ' ' + money(d.value[1])); }
      return lines.concat(signs(d.name));
    },
    lines: function (data, i, money) {
      var o = data.option;
      var cost = value(o, 'cost', i);
      if (cost === null) { return [day(axis(o)[i]), say('no data')]; }
      var lines = [day(axis(o)[i]), data.currency + ' ' + money(cost), number(value(o, 'quantity', i), 0, 4) + ' ' + plain(data.unit)];
      if (item(o, 'cost', i).name === 'incomplete') { lines.push(say('incomplete')); }
      return lines;
    }
  };

  // The room that the SVGs leave at the sides and for text; reports/svg.go has
  // the same.
  var left = 44, top = 16, bottom = 20;

  // over tells whether the SVG of a chart stays, and ECharts only answers the
  // pointer: what is drawn in rows and cells would look no better.
  function over(data) { return data.kind === 'steps' || data.kind === 'heat'; }

  // build returns the options of a chart in the present colours.
  function build(c) {
    var data = c.data, kind = data.kind;
    var o = JSON.parse(JSON.stringify(data.option));
    var font = getComputedStyle(document.body).fontFamily;
    var text = { color: css('--muted'), fontSize: 12, fontFamily: font };
    var names = axis(o);

    function grid(top, bottom) { return { left: left, right: 4, top: top, bottom: bottom, containLabel: false, outerBoundsMode: 'none' }; }
    function category(index, labels) {
      var shown = {};
      (data.ticks || []).forEach(function (t) { shown[t[0]] = t[1]; });
      return {
        type: 'category', data: names, gridIndex: index,
        axisTick: { show: false }, axisLine: { show: false },
        axisLabel: Object.assign({
          show: labels, margin: 5, hideOverlap: false, showMinLabel: true, showMaxLabel: true,
          alignMinLabel: 'left', alignMaxLabel: names.length > 7 ? 'right' : 'center',
          interval: function (i) { return shown[i] !== undefined; },
          formatter: function (_, i) { return shown[i] === undefined ? '' : plain(shown[i]); }
        }, text)
      };
    }
    function amount(index) {
      var s = data.scales[index];
      return {
        type: 'value', gridIndex: index, min: s[0], max: s[1], interval: s[2],
        splitLine: { lineStyle: { color: css('--rule-soft') } },
        axisLabel: Object.assign({ formatter: short, margin: 8, hideOverlap: false }, text)
      };
    }

    o.animation = false;
    o.textStyle = { fontFamily: font };
    o.tooltip = {
      show: true, renderMode: 'richText', confine: true, transitionDuration: 0,
      trigger: over(data) ? 'item' : 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: css('--rule'), opacity: 0.35 } },
      backgroundColor: css('--surface'), borderColor: css('--rule'), borderWidth: 1, padding: [8, 12],
      textStyle: { color: css('--ink'), fontSize: 13, lineHeight: 19, fontFamily: font },
      formatter: function (params) {
        var p = Array.isArray(params) ? params[0] : params;
        if (!p) { return ''; }
        return tips[kind](data, p.dataIndex, function (v) { return number(v, data.digits, data.digits); }).join('\n');
      }
    };
    if (over(data)) {
      o.grid = { left: 0, right: 0, top: 0, bottom: 0 };
      o.xAxis = o.yAxis = { type: 'value', show: false, min: 0, max: 1 };
      var items = o.series[0];
      items.encode = { x: [], y: [], tooltip: [] };
      items.renderItem = pick(c);
      delete items.color;
      items.data.forEach(function (d) { delete d.name; });
      return o;
    }
    if (kind === 'lines') {
      var s = [[22, 92], [122, c.canvas.clientHeight - bottom]];
      o.grid = s.map(function (s) { return grid(s[0], c.canvas.clientHeight - s[1]); });
      o.xAxis = [category(0, false), category(1, true)];
      o.yAxis = [amount(0), amount(1)];
      o.axisPointer = { link: [{ xAxisIndex: 'all' }] };
      o.tooltip.axisPointer = { type: 'line', lineStyle: { color: css('--muted') } };
      o.title = [];
      o.yAxis.forEach(function (y, i) {
        y.name = i ? plain(data.unit) : data.currency;
        y.nameLocation = 'end';
        y.nameGap = 6;
        y.nameTextStyle = { color: css('--ink'), fontSize: 12, fontFamily: font, align: 'left', padding: [0, 0, 0, -left] };
      });
    } else {
      o.grid = grid(top, bottom);
      o.xAxis = category(0, true);
      o.yAxis = amount(0);
    }
    o.series.forEach(function (s) { style(s, o, c); });
    return o;
  }

  function style(s, o, c) {
    var data = c.data;
    s.emphasis = { disabled: true };
    s.silent = true;
    s.color = css(s.color);
    if (s.type === 'bar') {
      s.z = 2;
      s.barWidth = data.width * 100 + '%';
      s.data.forEach(function (d) {
        var above = d.name.indexOf('above') === 0;
        var fill = css(d.name === 'before' ? '--bar-before' : above ? '--bar-above' : '--bar');
        d.itemStyle = /incomplete$/.test(d.name)
          ? { color: css('--surface'), borderColor: fill, borderWidth: 1.25, borderType: [3, 2] }
          : { color: fill };
        if (above) {
          d.label = { show: true, position: 'top', distance: 2, formatter: '\u25b2', color: css('--warn'), fontSize: s.data.length > 45 ? 5 : 8 };
        }
        delete d.name; // the tooltip's name is the day's
      });
      return;
    }
    s.symbol = 'none';
    s.lineStyle = { width: 0 };
    switch (s.id) {
      case 'low':
      case 'band':
        s.stackStrategy = 'all';
        s.z = 1;
        s.step = 'middle';
        s.lineStyle = { width: 0.75, color: css('--band-line') };
        if (s.id === 'band') { s.areaStyle = { color: s.color, opacity: 1, origin: 'auto' }; }
        break;
      case 'expected':
        s.z = 3;
        s.step = 'middle';
        s.lineStyle = { width: 1, color: s.color, type: 'dotted' };
        break;
      case 'prior':
        s.z = 4;
        s.lineStyle = { width: 1.25, color: s.color };
        break;
      default:
        s.lineStyle = { width: 1.75, color: s.color };
        s.symbol = 'circle';
        s.symbolSize = 3;
        s.showAllSymbol = true;
        if (s.id === 'quantity') { s.xAxisIndex = s.yAxisIndex = 1; }
        s.data.forEach(function (d) {
          if (d.name === 'incomplete') { d.symbol = 'emptyCircle'; d.symbolSize = 5; }
          delete d.name;
        });
    }
  }

  // pick returns what ECharts draws over an SVG that stays: nothing but a sign
  // of what is pointed at.
  function pick(c) {
    var data = c.data, from = c.svg.classList.contains('axis') ? left : 0;
    return function (_, api) {
      var wide = c.canvas.clientWidth, shape, pointed;
      if (data.kind === 'heat') {
        var room = (wide - (from && from + 4)) / data.columns;
        shape = { x: from + api.value(2) * room, y: api.value(3), width: room, height: data.pitch };
        pointed = { stroke: css('--ink'), lineWidth: 1.5 };
      } else {
        shape = { x: 0, y: api.value(0) * data.pitch, width: wide, height: data.pitch };
        pointed = { fill: css('--rule'), opacity: 0.35 };
      }
      return { type: 'rect', shape: shape, style: { fill: 'transparent' }, emphasis: { style: pointed } };
    };
  }

  function draw(c) {
    if (!c.chart) {
      c.canvas = document.createElement('div');
      c.canvas.className = 'canvas';
      c.canvas.style.height = c.svg.getAttribute('height') + 'px';
      if (over(c.data)) {
        c.canvas.classList.add('over');
        c.canvas.setAttribute('aria-hidden', 'true');
      } else {
        c.canvas.setAttribute('role', 'img');
        c.canvas.setAttribute('aria-label', c.svg.querySelector('title').textContent);
      }
      c.el.appendChild(c.canvas);
      c.chart = window.echarts.init(c.canvas, null, { renderer: 'canvas' });
    }
    c.chart.setOption(build(c), true);
    if (!over(c.data)) { c.el.classList.add('drawn'); }
    c.el.setAttribute('data-drawn', 'true');
  }

  function redraw() {
    charts.forEach(function (c) { if (c.chart) { draw(c); } });
  }

  document.querySelectorAll('.chart[data-chart]').forEach(function (el) {
    var block = document.getElementById(el.getAttribute('data-chart'));
    charts.push({ el: el, svg: el.querySelector('.plot'), data: whole(JSON.parse(block.textContent)), chart: null });
  });

  function chartOf(el) {
    return charts.filter(function (c) { return c.el === el; })[0];
  }

  if ('IntersectionObserver' in window) {
    var seen = new IntersectionObserver(function (entries) {
      entries.forEach(function (e) {
        var c = chartOf(e.target);
        if (e.isIntersecting && c.svg.clientWidth) { // what is folded away has no width yet
          seen.unobserve(e.target);
          if (!c.chart) { draw(c); }
        }
      });
    }, { rootMargin: '300px' });
    charts.forEach(function (c) { seen.observe(c.el); });
    document.addEventListener('toggle', function (event) {
      charts.forEach(function (c) {
        if (!c.chart && event.target.contains(c.el)) { seen.unobserve(c.el); seen.observe(c.el); }
      });
    }, true);
  } else {
    charts.forEach(draw);
  }

  if ('ResizeObserver' in window) {
    var sizes = new ResizeObserver(function (entries) {
      entries.forEach(function (e) {
        var c = chartOf(e.target);
        if (c.chart && e.contentRect.width) { c.chart.resize(); }
      });
    });
    charts.forEach(function (c) { sizes.observe(c.el); });
  }

  // The keyboard scrolls what is wider than the screen, and nothing else: a
  // stop where there is nothing to do is in the way.
  function scrolls(el) {
    if (el.scrollWidth <= el.clientWidth) {
      ['tabindex', 'role', 'aria-label'].forEach(function (a) { el.removeAttribute(a); });
      return;
    }
    var head = el.querySelector('caption') || (el.closest('details, .card, section') || root).querySelector('summary, h2, h3');
    el.tabIndex = 0;
    el.setAttribute('role', 'group');
    if (head) { el.setAttribute('aria-label', head.textContent); }
  }
  if ('ResizeObserver' in window) {
    var widths = new ResizeObserver(function (entries) {
      entries.forEach(function (e) { scrolls(e.target); });
    });
    document.querySelectorAll('.scroll, pre').forEach(function (el) { widths.observe(el); });
  }

  // What an address names is opened, with all around it.
  function openTarget() {
    var el = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (; el; el = el.parentElement) {
      if (el.tagName === 'DETAILS') { el.open = true; }
    }
  }
  window.addEventListener('hashchange', openTarget);
  openTarget();

  // Browsers that cannot mark the section in view by themselves get a class.
  var links = [].slice.call(document.querySelectorAll('.contents a'));
  if ('IntersectionObserver' in window && links.length && !CSS.supports('scroll-target-group: auto')) {
    var inView = new IntersectionObserver(function (entries) {
      entries.forEach(function (e) {
        if (!e.isIntersecting) { return; }
        links.forEach(function (a) { a.classList.toggle('current', a.getAttribute('href') === '#' + e.target.id); });
      });
    }, { rootMargin: '-20% 0px -70% 0px' });
    document.querySelectorAll('main > section').forEach(function (el) { inView.observe(el); });
  }

  dark.addEventListener('change', redraw);

  document.querySelectorAll('.theme input').forEach(function (input) { input.addEventListener('change', redraw); });
})();
