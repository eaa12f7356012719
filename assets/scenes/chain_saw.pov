// A chain saw with an orange motor housing, on white.
// effcam's own work, Apache-2.0. A sample image of the page, rendered to the JPEG beside it by
// scripts/render_scenes (POV-Ray 3.7, antialiased with +A0.1 +R3) at this
// size: 400x320

#version 3.7;
global_settings { assumed_gamma 1 }
camera { location <-.4,3.4,-9.5> look_at <.25,.75,0> angle 36 right x*image_width/image_height }
light_source { <-15,25,-20> rgb 1.1 } light_source { <15,10,-20> rgb .3 shadowless }
plane { y, 0 pigment { rgb .92 } finish { ambient .15 } }
sky_sphere { pigment { rgb .9 } }
#declare Orange = texture { pigment { rgb <.9,.28,.03> } finish { ambient .1 diffuse .7 specular .4 roughness .02 reflection .03 } }
#declare Dark = texture { pigment { rgb .05 } finish { ambient .1 specular .3 } }
#declare Steel = texture { pigment { rgb .6 } finish { ambient .1 diffuse .6 specular .6 roughness .02 reflection .12 } }
union {
  // engine housing
  superellipsoid { <.25,.25> scale <.95,.6,.5> translate <-1.1,.75,0> texture { Orange } }
  superellipsoid { <.3,.3> scale <.6,.35,.45> translate <-1.5,1.2,0> texture { Dark } }
  superellipsoid { <.3,.3> scale <.45,.4,.42> translate <-.75,1.2,0> texture { Orange } }
  superellipsoid { <.3,.3> scale <.55,.45,.1> translate <-.5,.65,-.52> texture { Dark } }
  cylinder { <-1.4,.75,-.55>,<-1.4,.75,-.4>,.38 texture { Dark } }
  #declare I = 0; #while (I < 10) box { <-.04,.1,-.57>,<.04,.33,-.54> rotate z*36*I translate <-1.4,.75,0> texture { Orange } } #declare I = I+1; #end
  cylinder { <-.65,.65,-.64>,<-.65,.65,-.6>,.1 texture { Steel } } cylinder { <-.3,.65,-.64>,<-.3,.65,-.6>,.1 texture { Steel } }
  // rear handle
  sphere_sweep { cubic_spline 8, <-1.4,.2,0>,.11,<-1.6,.35,0>,.11,<-2.4,.3,0>,.11,<-2.75,.6,0>,.11,<-2.6,1.1,0>,.12,<-2.1,1.3,0>,.12,<-1.6,1.3,0>,.12,<-1.2,1.2,0>,.12 texture { Dark } }
  // front handle and guard
  sphere_sweep { cubic_spline 8, <-.9,.3,-.3>,.07,<-.85,.5,-.6>,.07,<-.8,1.2,-.65>,.07,<-.75,1.75,-.45>,.07,<-.75,1.82,.2>,.07,<-.8,1.4,.6>,.07,<-.85,.6,.55>,.07,<-.9,.3,.3>,.07 texture { Dark } }
  box { <-.04,1.1,-.45>,<.04,1.85,.45> rotate z*-15 translate <-.55,0,0> texture { Dark } }
  // guide bar and chain
  union { box { <-.4,.43,-.43>,<2.9,.87,-.37> } cylinder { <2.9,.65,-.43>,<2.9,.65,-.37>,.22 } texture { Steel } }
  #declare I = 0; #while (I < 30)
    box { <-.05,0,-.06>,<.045,.09,.06> translate <-.1+.1*I,.86,-.4> texture { Dark } } box { <-.05,-.09,-.06>,<.045,0,.06> translate <-.1+.1*I,.44,-.4> texture { Dark } }
  #declare I = I+1; #end
  #declare I = 0; #while (I < 8) box { <-.045,.21,-.06>,<.045,.3,.06> rotate z*(-180+180*I/7) translate <2.9,.65,-.4> texture { Dark } } #declare I = I+1; #end
  rotate y*-12 translate <.2,0,0> }
